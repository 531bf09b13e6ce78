import { ByteDictionary } from '../bytes/byte-dictionary.ts';
import { isMissing, viewOf } from '../bytes/bytes.ts';
import { STATUSES, type Status } from '../model/order.ts';

/** What `parse` returns for a value that is no status. */
export const UNKNOWN_STATUS = -1;

const MAX_SPELLING_BYTES = 64;

/**
 * Maps status spellings to statuses as configured (contract §2), ignoring the case of ASCII
 * letters.
 */
export class StatusParser {
  readonly #spellings = new ByteDictionary();
  /** Index in `STATUSES` by code of the spelling. */
  readonly #statusOfCode: number[] = [];
  readonly #lowered = viewOf(new Uint8Array(MAX_SPELLING_BYTES));

  /**
   * Spellings are in lower case, as the config demands. Throws RangeError for one above 64 bytes.
   */
  constructor(statusOfSpelling: Readonly<Record<string, Status>>) {
    for (const [spelling, status] of Object.entries(statusOfSpelling)) {
      const bytes = new TextEncoder().encode(spelling);
      if (bytes.length > MAX_SPELLING_BYTES) {
        throw new RangeError(`a status has at most ${MAX_SPELLING_BYTES} bytes, got ${spelling}`);
      }
      const code = this.#spellings.codeOf(viewOf(bytes), 0, bytes.length);
      this.#statusOfCode[code] = STATUSES.indexOf(status);
    }
  }

  /** True for a trimmed value that is the beginning of a spelling, but not a whole one. */
  isPart(view: DataView, start: number, end: number): boolean {
    if (this.parse(view, start, end) !== UNKNOWN_STATUS) return false;
    const { heap, offsets, size } = this.#spellings;
    for (let code = 0; code < size; code++) {
      let at = start;
      for (let from = offsets[code]; from < offsets[code + 1] && at < end; from++, at++) {
        if (lowerCase(view.getUint8(at)) !== heap[from]) break;
      }
      if (at === end) return true;
    }
    return false;
  }

  /** The index in `STATUSES` of a trimmed value, or `UNKNOWN_STATUS`. */
  parse(view: DataView, start: number, end: number): number {
    const length = end - start;
    if (length === 0 || length > MAX_SPELLING_BYTES) return UNKNOWN_STATUS;
    const lowered = this.#lowered;
    for (let i = 0; i < length; i++) lowered.setUint8(i, lowerCase(view.getUint8(start + i)));
    const code = this.#spellings.find(lowered, 0, length);
    // `None` is missing even where the config knows `none`.
    const isUnknown = code < 0 || isMissing(bytesOf(view), start, end);
    return isUnknown ? UNKNOWN_STATUS : this.#statusOfCode[code];
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: DataView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function lowerCase(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}
