import { type KeyedColumn, textValues } from '../bytes/column-data.ts';
import { type IssueBits, issueCodes } from '../model/issue.ts';
import { MAX_RAW_BYTES } from '../model/order.ts';

/** Columns `issues` and `raw` of the table `quarantine` (contract §3): one code for both doors. */

/** The column `issues` under construction. */
export class IssueColumn {
  readonly #keys: Uint32Array;
  readonly #keyOfIssues = new Map<IssueBits, number>();
  #lastIssues: IssueBits = 0;
  #lastKey = 0;

  constructor(maxRows: number) {
    this.#keys = new Uint32Array(maxRows);
  }

  set(row: number, issues: IssueBits): void {
    if (issues !== this.#lastIssues) {
      this.#lastKey = this.#keyOfIssues.get(issues) ?? this.#keyOfIssues.size;
      this.#keyOfIssues.set(issues, this.#lastKey);
      this.#lastIssues = issues;
    }
    this.#keys[row] = this.#lastKey;
  }

  /** Hands over the rows so far and begins anew. Valid until the next `set`. */
  take(): KeyedColumn {
    const texts = [...this.#keyOfIssues.keys()].map((bits) => issueCodes(bits).join(','));
    this.#keyOfIssues.clear();
    this.#lastIssues = 0;
    const values = textValues(texts);
    return { kind: 'keyed', keys: this.#keys, keyCount: texts.length, valueOf: null, values };
  }
}

/** Where the first 64 KiB of a record end that is UTF-8, without a character cut at the end. */
export function characterBoundary(record: DataView, start: number, end: number): number {
  if (end - start <= MAX_RAW_BYTES) return end;
  let boundary = start + MAX_RAW_BYTES;
  while ((record.getUint8(boundary) & 0xc0) === 0x80) boundary--;
  return boundary;
}

/**
 * The first 64 KiB as the WHATWG decoder reads them, a character cut at the end left out; no byte
 * order mark is dropped.
 */
export function decodedRaw(record: Uint8Array): Uint8Array {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const isCut = record.length > MAX_RAW_BYTES;
  const text = decoder.decode(record.subarray(0, MAX_RAW_BYTES), { stream: isCut });
  return new TextEncoder().encode(text);
}
