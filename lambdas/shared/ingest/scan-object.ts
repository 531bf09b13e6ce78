import { isUtf8 } from 'node:buffer';
import { issueBit } from '../model/issue.ts';
import { MAX_RECORD_BYTES } from '../model/order.ts';
import { MAX_JSON_LEVELS } from './event-scanner.ts';
import type { RecordScanner } from './ndjson.ts';
import { addRejectedRecord, type SpanBatch } from './span-batch.ts';

const INVALID_JSON = issueBit('invalid_json');

/**
 * A scanner for NDJSON objects with the given names, by the rules of events (contract §1.1): span
 * row f holds `fields[f]`, -1 if missing. What is invalid in an event becomes a record issue here
 * too. For dimensions, which are small: not optimised.
 */
export function objectScanner(paths: readonly (readonly string[])[]): RecordScanner {
  return (batch, start, end) => {
    const values = end - start > MAX_RECORD_BYTES ? null : valuesOf(batch, start, end, paths);
    if (values === null) {
      addRejectedRecord(batch, start, end, INVALID_JSON);
      return;
    }
    addObjectRecord(batch, { start, end }, values);
  };
}

/**
 * Adds the record at `[start, end)` with the text of each span row, null where it has none. Texts
 * go into the room, which must hold them.
 */
export function addObjectRecord(
  batch: SpanBatch,
  { start, end }: { readonly start: number; readonly end: number },
  values: readonly (string | null)[],
): void {
  const index = batch.recordCount;
  values.forEach((value, row) => {
    batch.starts[row][index] = value === null ? -1 : batch.roomAt;
    if (value !== null) batch.roomAt += Buffer.from(value).copy(batch.bytes, batch.roomAt);
    batch.ends[row][index] = batch.roomAt;
  });
  batch.recordStart[index] = start;
  batch.recordEnd[index] = end;
  batch.recordIssue[index] = 0;
  batch.recordCount = index + 1;
}

/** The text of each field, null if it has none; null if the line is no such object. */
function valuesOf(
  { bytes }: SpanBatch,
  start: number,
  end: number,
  paths: readonly (readonly string[])[],
): (string | null)[] | null {
  const line = bytes.subarray(start, end);
  if (!isUtf8(line)) return null;
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(line);
  const object = parsedObject(text);
  if (object === null) return null;
  const values = paths.map((path) => valueAt(object, path));
  const areTexts = values.every((value) => {
    return value === null || (typeof value === 'string' && value.isWellFormed());
  });
  return areTexts ? (values as (string | null)[]) : null;
}

/**
 * Parses a JSON object and keeps numbers as their original text; null if it is none, or deeper than
 * 512 levels.
 */
export function parsedObject(text: string): Record<string, unknown> | null {
  let parsed: unknown;
  try {
    // A reviver works by recursion, so the levels are counted first.
    parsed = JSON.parse(text);
    if (levelsOf(text) > MAX_JSON_LEVELS) return null;
    parsed = JSON.parse(text, withOwnText);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  return isObject ? (parsed as Record<string, unknown>) : null;
}

/** TypeScript does not know the third argument yet (ECMAScript: JSON.parse source text access). */
function withOwnText(
  _key: string,
  value: unknown,
  context?: { readonly source?: string },
): unknown {
  return typeof value === 'number' ? context?.source : value;
}

/** The value that a path of keys leads to; null where there is none. */
export function valueAt(
  object: Readonly<Record<string, unknown>>,
  path: readonly string[],
): unknown {
  let value: unknown = object;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** How deep the brackets of a valid JSON text go. */
function levelsOf(text: string): number {
  let level = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/gs)) {
    if (token === '{' || token === '[') level += 1;
    else if (token === '}' || token === ']') level -= 1;
    deepest = Math.max(deepest, level);
  }
  return deepest;
}
