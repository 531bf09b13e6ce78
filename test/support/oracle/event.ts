import { FIELDS, LONGEST_RECORD, utf8OrNull, type Values } from './text.ts';

/** One event as contract §1.1 and §2 read it, by way of JSON.parse. */

export type OracleEvent =
  | { readonly issue: null; readonly values: Values }
  | {
      readonly issue: 'record_too_long' | 'kpl_aggregated' | 'invalid_utf8' | 'invalid_json';
      readonly values: null;
    };

const rejected = (issue: Exclude<OracleEvent['issue'], null>) => ({ issue, values: null });

/** The values of a JSON object by the same rules; null where it cannot be read. */
export function readObject(
  record: Uint8Array,
  names: readonly string[],
): Record<string, string | null> | null {
  return readNames(record, names).values;
}

export function readEvent(record: Uint8Array): OracleEvent {
  const { issue, values } = readNames(record, FIELDS);
  return { issue, values } as OracleEvent;
}

function readNames(record: Uint8Array, names: readonly string[]) {
  if (record.length > LONGEST_RECORD) return rejected('record_too_long');
  if (Buffer.from(record.subarray(0, 4)).toString('hex') === 'f3899ac2') {
    return rejected('kpl_aggregated');
  }
  const text = utf8OrNull(record);
  if (text === null) return rejected('invalid_utf8');
  const parsed = parsedOrUndefined(text);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return rejected('invalid_json');
  }
  const received = new Map(Object.entries(parsed));
  const seven = names.map((field) => received.get(field) ?? null);
  if (seven.some((value) => typeof value === 'string' && !value.isWellFormed())) {
    return rejected('invalid_utf8');
  }
  if (seven.some((value) => typeof value === 'object' && value !== null)) {
    return rejected('invalid_json');
  }
  if (seven.some((value) => typeof value === 'boolean')) return rejected('invalid_json');
  if (levelsOf(text) > 512) return rejected('invalid_json');

  const texts = new Map(Object.entries(withNumbersAsText(text)));
  const values: Record<string, string | null> = Object.fromEntries(
    names.map((field) => [field, texts.get(field) ?? null]),
  );
  return { issue: null, values };
}

/**
 * Top-level object of a text whose levels are few enough for a reviver, which works by recursion.
 */
function withNumbersAsText(text: string): Record<string, string | null> {
  // TypeScript's library does not know the third argument yet (ECMAScript: JSON.parse source text
  // access).
  const reviver = (_: string, value: unknown, context?: { source: string }) =>
    typeof value === 'number' ? context?.source : value;
  return JSON.parse(text, reviver as (key: string, value: unknown) => unknown);
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** How deep the brackets of a valid JSON text go, those inside strings apart. */
function levelsOf(text: string): number {
  let level = 0;
  let deepest = 0;
  for (const character of text.replaceAll(/"(?:[^"\\]|\\.)*"/gs, '""')) {
    if (character === '{' || character === '[') level += 1;
    if (character === '}' || character === ']') level -= 1;
    deepest = Math.max(deepest, level);
  }
  return deepest;
}

/** The lines of an NDJSON file that have a byte, each with the offset of its first one. */
export function ndjsonLines(file: Uint8Array): { offset: number; bytes: Uint8Array }[] {
  const lines: { offset: number; bytes: Uint8Array }[] = [];
  let offset = 0;
  while (offset < file.length) {
    const lineFeed = file.indexOf(0x0a, offset);
    const next = lineFeed < 0 ? file.length : lineFeed + 1;
    let end = lineFeed < 0 ? file.length : lineFeed;
    if (lineFeed > offset && file[lineFeed - 1] === 0x0d) end -= 1;
    if (end > offset) lines.push({ offset, bytes: file.subarray(offset, end) });
    offset = next;
  }
  return lines;
}
