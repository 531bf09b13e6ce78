import { grown } from '../bytes/byte-dictionary.ts';

/** What the module exports for dictionaries; `assembly/value-dictionary.ts` says what each does. */
export interface ValueDictionaryExports {
  placeDictionaries(
    maxRawBytes: number,
    capacity: number,
    heapBytes: number,
    endsFrom: number,
    heapFrom: number,
    recentFrom: number,
  ): void;
  clearDictionary(dictionary: number, slotCount: number): void;
  lookUpValues(
    starts: number,
    ends: number,
    count: number,
    dictionary: number,
    codes: number,
  ): number;
}

/** A longer value is odd. Nearly all keys and statuses are shorter. */
const MAX_VALUE_BYTES = 64;
/** A value more than these is odd; so none is too many. */
const CAPACITY = 64 * 1024;
const HEAP_BYTES = 2 * 1024 * 1024;
/** How many slots an empty dictionary has; they double as it fills. */
const INITIAL_SLOTS = 1024;

/** Count and mask, slots of 8 bytes (two per value at most), ends of values, their bytes. */
const SLOTS_FROM = 8;
const ENDS_FROM = SLOTS_FROM + 2 * CAPACITY * 8;
const HEAP_FROM = ENDS_FROM + CAPACITY * 4;
/** Values are copied 16 bytes at a time. */
const RECENT_FROM = HEAP_FROM + HEAP_BYTES + 16;
/** 2^14 recent values of 32 bytes; untouched pages cost nothing. */
const RECENT_BYTES = 512 * 1024;
export const DICTIONARY_BYTES = RECENT_FROM + RECENT_BYTES;

/**
 * Prepares a kernel's memory for dictionaries. Call it once per memory, before the first
 * dictionary.
 */
export function placeDictionaries(exports: ValueDictionaryExports): void {
  exports.placeDictionaries(
    MAX_VALUE_BYTES,
    CAPACITY,
    HEAP_BYTES,
    ENDS_FROM,
    HEAP_FROM,
    RECENT_FROM,
  );
}

/** The code of odd values. */
const ODD_CODE = 0;

/**
 * The distinct values of one column as they appear in the input, and the meaning of each. The
 * kernel finds them; `meanings` asks for that of each distinct value once.
 */
export class ValueDictionary {
  /**
   * For each row, after `lookUp`: the value's code. All dictionaries of a kernel share this array.
   */
  readonly codes: Uint32Array;
  readonly #exports: ValueDictionaryExports;
  readonly #at: number;
  readonly #spans: { readonly starts: number; readonly ends: number };
  readonly #count: Uint32Array;
  readonly #ends: Uint32Array;
  #meanings = new Int32Array(INITIAL_SLOTS);
  #meaningCount = ODD_CODE + 1;

  /**
   * Takes `DICTIONARY_BYTES` of `memory` from `at`; `spans` says where the column's spans start.
   */
  constructor(
    exports: ValueDictionaryExports,
    memory: ArrayBuffer,
    at: number,
    spans: { readonly starts: number; readonly ends: number },
    codes: Uint32Array,
  ) {
    this.#exports = exports;
    this.#at = at;
    this.#spans = spans;
    this.codes = codes;
    this.#count = new Uint32Array(memory, at, 1);
    this.#ends = new Uint32Array(memory, at + ENDS_FROM, CAPACITY);
    this.clear();
  }

  /** Fills `codes`; returns how many rows are odd (contract of `OrderKernel`). */
  lookUp(count: number): number {
    const { starts, ends } = this.#spans;
    return this.#exports.lookUpValues(starts, ends, count, this.#at, this.codes.byteOffset);
  }

  /**
   * What each code means. `meaningOf` says it of a value in the kernel's memory, and is asked for
   * those that the last `lookUp` has found for the first time. Odd values mean 0.
   */
  meanings(meaningOf: (start: number, end: number) => number): Int32Array {
    const count = this.#count[0];
    if (count > this.#meanings.length) this.#meanings = grown(this.#meanings, count);
    const heapAt = this.#at + HEAP_FROM;
    for (let code = this.#meaningCount; code < count; code++) {
      const start = heapAt + this.#ends[code - 1];
      this.#meanings[code] = meaningOf(start, heapAt + this.#ends[code]);
    }
    this.#meaningCount = count;
    return this.#meanings;
  }

  /** Forgets all values and their meanings. */
  clear(): void {
    this.#exports.clearDictionary(this.#at, INITIAL_SLOTS);
    this.#meaningCount = ODD_CODE + 1;
  }
}
