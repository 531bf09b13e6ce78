import { copyBytes, equalBytes, hashBytes, viewOf } from './bytes.ts';
import type { BytesValues } from './column-data.ts';

const INITIAL_SLOTS = 1024;

/**
 * Distinct byte strings, numbered from 0 in order of first appearance. Exact: a hash only finds the
 * place, the bytes decide. Memory is reused after `clear`.
 */
export class ByteDictionary {
  /** Code + 1 by slot; 0: free. Never more than half full. */
  #slots = new Uint32Array(INITIAL_SLOTS);
  #hashes = new Uint32Array(INITIAL_SLOTS / 2);
  #offsets = new Uint32Array(INITIAL_SLOTS / 2 + 1);
  #heap = new Uint8Array(INITIAL_SLOTS * 8);
  #heapView = viewOf(this.#heap);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The bytes of all values. Valid until the next `codeOf`. */
  get heap(): Uint8Array {
    return this.#heap;
  }

  /** A view of the memory that `heap` covers. */
  get view(): DataView {
    return this.#heapView;
  }

  /**
   * Code c names the bytes `heap[offsets[c]] … heap[offsets[c + 1] - 1]`. Valid until the next
   * `codeOf`.
   */
  get offsets(): Uint32Array {
    return this.#offsets;
  }

  get values(): BytesValues {
    return { heap: this.#heap, offsets: this.#offsets };
  }

  hashAt(code: number): number {
    return this.#hashes[code];
  }

  /** The code of the value at `[start, end)` of `view`; it gets the next one if it is new. */
  codeOf(view: DataView, start: number, end: number, hash = hashBytes(view, start, end)): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const code = slots[slot] - 1;
      if (code < 0) return this.#add(view, start, end, hash, slot);
      if (this.#hashes[code] === hash && this.#equals(code, view, start, end)) return code;
      slot = (slot + 1) & mask;
    }
  }

  /** The code of a value, or -1. */
  find(view: DataView, start: number, end: number, hash = hashBytes(view, start, end)): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const code = slots[slot] - 1;
      if (code < 0) return -1;
      if (this.#hashes[code] === hash && this.#equals(code, view, start, end)) return code;
      slot = (slot + 1) & mask;
    }
  }

  /** Forgets all values, and keeps the memory. */
  clear(): void {
    this.#slots.fill(0);
    this.#size = 0;
  }

  #equals(code: number, view: DataView, start: number, end: number): boolean {
    const from = this.#offsets[code];
    const length = end - start;
    if (this.#offsets[code + 1] - from !== length) return false;
    return equalBytes(this.#heapView, from, view, start, length);
  }

  #add(view: DataView, start: number, end: number, hash: number, slot: number): number {
    const code = this.#size;
    const from = this.#offsets[code];
    const to = from + end - start;
    if (to > this.#heap.length) {
      this.#heap = grown(this.#heap, to);
      this.#heapView = viewOf(this.#heap);
    }
    copyBytes(view, start, end, this.#heapView, from);
    this.#hashes[code] = hash;
    this.#offsets[code + 1] = to;
    this.#slots[slot] = code + 1;
    this.#size = code + 1;
    if (this.#size * 2 >= this.#slots.length) this.#rehash();
    return code;
  }

  #rehash(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let code = 0; code < this.#size; code++) {
      let slot = this.#hashes[code] & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = code + 1;
    }
    this.#slots = slots;
    this.#hashes = grown(this.#hashes, slots.length / 2);
    this.#offsets = grown(this.#offsets, slots.length / 2 + 1);
  }
}

/**
 * A copy with room for at least `length` elements and at least twice the old room, so that growing
 * one by one stays linear.
 */
export function grown<T extends Uint8Array | Uint32Array | Int32Array>(
  array: T,
  length: number,
): T {
  const larger = new (array.constructor as new (length: number) => T)(
    Math.max(length, array.length * 2),
  );
  larger.set(array);
  return larger;
}
