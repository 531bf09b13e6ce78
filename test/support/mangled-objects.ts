import fc from 'fast-check';

/** Stored objects as a disk, an editor or another program may leave them. */

/** What becomes of the bytes of an object. */
export type Mangling =
  | { readonly kind: 'cut'; readonly share: number }
  | { readonly kind: 'replaced'; readonly text: string }
  | { readonly kind: 'flipped'; readonly share: number; readonly bits: number }
  | { readonly kind: 'zeroed'; readonly share: number; readonly length: number }
  /** Of JSON: one value in it, found by a walk of so many steps. */
  | { readonly kind: 'revalued'; readonly at: number; readonly value: unknown }
  | { readonly kind: 'removed'; readonly at: number };

const share = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

export const binaryMangling: fc.Arbitrary<Mangling> = fc.oneof(
  fc.record({ kind: fc.constant('cut' as const), share }),
  fc.record({
    kind: fc.constant('replaced' as const),
    text: fc.constantFrom(
      '',
      'PAR1',
      'PAR1PAR1',
      'no such format, but long enough',
      '\0'.repeat(64),
    ),
  }),
  fc.record({
    kind: fc.constant('flipped' as const),
    share,
    bits: fc.integer({ min: 1, max: 255 }),
  }),
  fc.record({
    kind: fc.constant('zeroed' as const),
    share,
    length: fc.integer({ min: 1, max: 64 }),
  }),
);

export const jsonMangling: fc.Arbitrary<Mangling> = fc.oneof(
  binaryMangling,
  fc.record({
    kind: fc.constant('replaced' as const),
    text: fc.constantFrom(
      '{}',
      '[]',
      'null',
      '5',
      '"x"',
      '{"manifest":"../x"}',
      '{"manifest":"/x"}',
    ),
  }),
  fc.record({
    kind: fc.constant('revalued' as const),
    at: fc.nat(10_000),
    value: fc.constantFrom(null, -1, 0.5, 1e300, true, '', 'x', '../x', '/x', {}, [], [null]),
  }),
  fc.record({ kind: fc.constant('removed' as const), at: fc.nat(10_000) }),
);

/** `tail`: the last bytes only, where the footer of a Parquet file is. */
export function mangle(bytes: Buffer, mangling: Mangling, tail = bytes.length): Buffer {
  const start = Math.max(0, bytes.length - tail);
  const placeOf = (at: number) => start + Math.floor(at * (bytes.length - start));
  switch (mangling.kind) {
    case 'cut':
      return bytes.subarray(0, placeOf(mangling.share));
    case 'replaced':
      return Buffer.from(mangling.text);
    case 'flipped': {
      const copy = Buffer.from(bytes);
      copy[placeOf(mangling.share)] ^= mangling.bits;
      return copy;
    }
    case 'zeroed': {
      const at = placeOf(mangling.share);
      return Buffer.from(bytes).fill(0, at, Math.min(bytes.length, at + mangling.length));
    }
    case 'revalued':
      return changedJson(bytes, mangling.at, (parent, name) => {
        parent[name] = mangling.value;
      });
    case 'removed':
      return changedJson(bytes, mangling.at, (parent, name) => {
        delete parent[name];
      });
  }
}

type Parent = Record<string, unknown>;

function changedJson(
  bytes: Buffer,
  at: number,
  change: (parent: Parent, name: string) => void,
): Buffer {
  const root = { value: JSON.parse(bytes.toString()) as unknown };
  const places: [Parent, string][] = [];
  const collect = (parent: Parent) => {
    for (const name of Object.keys(parent)) {
      places.push([parent, name]);
      const child = parent[name];
      if (typeof child === 'object' && child !== null) collect(child as Parent);
    }
  };
  collect(root);
  change(...places[at % places.length]);
  return Buffer.from(JSON.stringify(root.value) ?? '');
}
