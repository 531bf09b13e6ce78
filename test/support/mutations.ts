import fc from 'fast-check';

/** What may happen to bytes on their way, as arbitraries. */

type Mutation = (bytes: Uint8Array) => Uint8Array;

const spliced =
  (at: number, removed: number, added: Uint8Array): Mutation =>
  (bytes) => {
    const from = Math.floor(at * (bytes.length + 1));
    return Buffer.concat([
      bytes.subarray(0, from),
      added,
      bytes.subarray(Math.min(from + removed, bytes.length)),
    ]);
  };

const flipped =
  (at: number, bit: number): Mutation =>
  (bytes) => {
    const copy = Uint8Array.from(bytes);
    if (copy.length > 0) copy[Math.floor(at * copy.length)] ^= 1 << bit;
    return copy;
  };

/** A place in bytes whose number is not known yet: 0 is the first, just below 1 the last. */
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, fc.nat(7)).map(([at, bit]) => flipped(at, bit)),
  place.map(
    (at): Mutation =>
      (bytes) =>
        bytes.subarray(0, Math.floor(at * (bytes.length + 1))),
  ),
  fc
    .tuple(place, fc.nat(3), fc.uint8Array({ maxLength: 3 }))
    .map(([at, removed, added]) => spliced(at, removed, added)),
  fc
    .tuple(place, fc.constantFrom('"', ',', '\n', '\r\n', '\\', '{', '}', '\xc3', '\xef\xbb\xbf'))
    .map(([at, text]) => spliced(at, 0, Buffer.from(text, 'latin1'))),
);

/** The bytes after 1 to 3 flipped bits, cuts, insertions or removals. */
export function mutated(bytes: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(bytes, fc.array(mutation, { minLength: 1, maxLength: 3 }))
    .map(([original, mutations]) =>
      mutations.reduce<Uint8Array>((changed, mutate) => mutate(changed), original),
    );
}
