import { type ByteDictionary, grown } from '../../shared/ingest/byte-dictionary.ts';
import type { NumberColumn } from './slice-layout.ts';

/**
 * Renumbers the codes of a block's dictionary for one slice after the other, so that a slice
 * carries only the values that its rows use, in the order of their first use.
 */
export class SliceCodes {
  /** The new codes, in the order in which the rows were handed over. */
  readonly #codes: Uint32Array;
  #codeCount = 0;
  #localOf = new Int32Array(0);
  /** The old codes of all slices, one behind the other. */
  #used = new Uint32Array(1024);
  #usedCount = 0;

  constructor(capacity: number) {
    this.#codes = new Uint32Array(capacity);
  }

  clear(): void {
    this.#codeCount = 0;
    this.#usedCount = 0;
  }

  /** Takes the rows of the next slice; says how many values they use, and the bytes of those. */
  add(dictionary: ByteDictionary, codes: Uint32Array, rows: Uint32Array) {
    const first = this.#usedCount;
    if (this.#localOf.length < dictionary.size) {
      this.#localOf = new Int32Array(dictionary.size * 2).fill(-1);
    }
    if (this.#used.length < first + dictionary.size) {
      this.#used = grown(this.#used, first + dictionary.size);
    }
    const localOf = this.#localOf;
    const used = this.#used;
    const { offsets } = dictionary;
    let count = 0;
    let bytes = 0;
    let at = this.#codeCount;
    for (let i = 0; i < rows.length; i++) {
      const code = codes[rows[i]];
      let local = localOf[code];
      if (local < 0) {
        local = count++;
        localOf[code] = local;
        used[first + local] = code;
        bytes += offsets[code + 1] - offsets[code];
      }
      this.#codes[at++] = local;
    }
    for (let k = first; k < first + count; k++) localOf[used[k]] = -1;
    this.#codeCount = at;
    this.#usedCount = first + count;
    return { count, bytes };
  }

  /**
   * Writes the slice whose first row was the `firstRow`-th and whose first value the
   * `firstValue`-th handed over.
   */
  write(
    dictionary: ByteDictionary,
    first: { readonly row: number; readonly value: number },
    to: { codes: NumberColumn; offsets: Uint32Array; heap: Uint8Array },
  ): void {
    to.codes.set(this.#codes.subarray(first.row, first.row + to.codes.length));
    const { offsets, heap } = dictionary;
    let at = 0;
    for (let k = 0; k < to.offsets.length - 1; k++) {
      const code = this.#used[first.value + k];
      to.offsets[k] = at;
      for (let from = offsets[code]; from < offsets[code + 1]; from++) to.heap[at++] = heap[from];
    }
    to.offsets[to.offsets.length - 1] = at;
  }
}
