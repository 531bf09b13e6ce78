import { ORDER_KERNEL_CODE } from '../kernels/compiled/order-kernel-code.ts';
import { loadKernel } from '../kernels/load-kernel.ts';
import {
  CODED_FIELDS,
  MAX_ID_BYTES,
  MAX_PRICE_CENTS,
  MAX_QUANTITY,
  ORDER_ID,
  ORDER_TIMESTAMP,
  PRICE,
  QUANTITY,
  STATUS,
} from '../model/order.ts';
import { MAX_INSTANT_MS } from '../model/time.ts';
import { endsRow, SPAN_BATCH_RECORDS, SPAN_ROW_BYTES, startsRow } from './span-batch.ts';
import {
  DICTIONARY_BYTES,
  placeDictionaries,
  ValueDictionary,
  type ValueDictionaryExports,
} from './value-dictionary.ts';

/** What the module exports; `assembly/order-kernel.ts` says what each does. */
interface KernelExports extends ValueDictionaryExports {
  place(
    oddAt: number,
    maxIdBytes: number,
    maxQuantity: number,
    maxPriceCents: number,
    maxInstantMs: number,
  ): void;
  parseTimes(starts: number, ends: number, count: number, into: number): number;
  parseQuantities(starts: number, ends: number, count: number, into: number): number;
  parsePrices(starts: number, ends: number, count: number, into: number): number;
  parseIds(
    starts: number,
    ends: number,
    count: number,
    hashes: number,
    heap: number,
    endBase: number,
    idEnds: number,
  ): number;
}

const WORDS_BYTES = SPAN_BATCH_RECORDS * 4;
const DOUBLES_BYTES = SPAN_BATCH_RECORDS * 8;
/** Ids are copied 16 bytes at a time. */
const ID_HEAP_BYTES = SPAN_BATCH_RECORDS * MAX_ID_BYTES + 16;
const DICTIONARY_FIELDS = [...CODED_FIELDS, STATUS] as const;

/** Offsets within the kernel's part of the memory. Doubles come first, for alignment. */
const TIME_AT = 0;
const PRICE_AT = TIME_AT + DOUBLES_BYTES;
const QUANTITY_AT = PRICE_AT + DOUBLES_BYTES;
const ID_HASH_AT = QUANTITY_AT + WORDS_BYTES;
const ID_END_AT = ID_HASH_AT + WORDS_BYTES;
const CODE_AT = ID_END_AT + WORDS_BYTES;
const ODD_AT = CODE_AT + WORDS_BYTES;
const ID_HEAP_AT = ODD_AT + WORDS_BYTES;
const DICTIONARIES_AT = ID_HEAP_AT + ID_HEAP_BYTES;

/** Bytes of memory that the kernel needs in addition to the span tables. */
export const ORDER_KERNEL_BYTES = DICTIONARIES_AT + DICTIONARY_FIELDS.length * DICTIONARY_BYTES;

/**
 * Reads the values of a batch's spans, one column per call, as long as they have the usual form.
 * Each call returns how many rows are odd; their numbers fill the front of `oddRows` until the next
 * call, and their column values are meaningless. Rows of records with an issue are odd too.
 */
export class OrderKernel {
  readonly oddRows: Int32Array;
  readonly timeMs: Float64Array;
  readonly priceCents: Float64Array;
  readonly quantity: Int32Array;
  readonly idHash: Uint32Array;
  readonly idEnd: Uint32Array;
  /** The ids of the batch, one after another. */
  readonly ids: Uint8Array;
  /** The whole memory. A position in the batch's bytes is the same position here. */
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly #dictionaries: readonly ValueDictionary[];
  readonly #exports: KernelExports;
  readonly #at: number;
  readonly #spansAt: number;
  #generation: object | null = null;
  #rules: object | null = null;

  /**
   * Works on the span tables at `spansAt` and keeps what it finds in `ORDER_KERNEL_BYTES` from
   * `at`.
   */
  constructor(memory: WebAssembly.Memory, at: number, spansAt: number) {
    this.#exports = loadKernel(ORDER_KERNEL_CODE, memory);
    this.#at = at;
    this.#spansAt = spansAt;
    const { buffer } = memory;
    const records = SPAN_BATCH_RECORDS;
    this.oddRows = new Int32Array(buffer, at + ODD_AT, records);
    this.timeMs = new Float64Array(buffer, at + TIME_AT, records);
    this.priceCents = new Float64Array(buffer, at + PRICE_AT, records);
    this.quantity = new Int32Array(buffer, at + QUANTITY_AT, records);
    this.idHash = new Uint32Array(buffer, at + ID_HASH_AT, records);
    this.idEnd = new Uint32Array(buffer, at + ID_END_AT, records);
    this.ids = new Uint8Array(buffer, at + ID_HEAP_AT, ID_HEAP_BYTES);
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
    const codes = new Uint32Array(buffer, at + CODE_AT, records);
    const limits = [MAX_ID_BYTES, MAX_QUANTITY, MAX_PRICE_CENTS, MAX_INSTANT_MS] as const;
    this.#exports.place(at + ODD_AT, ...limits);
    placeDictionaries(this.#exports);
    this.#dictionaries = DICTIONARY_FIELDS.map((field, index) => {
      const spans = { starts: this.#starts(field), ends: this.#ends(field) };
      const dictionaryAt = at + DICTIONARIES_AT + index * DICTIONARY_BYTES;
      return new ValueDictionary(this.#exports, buffer, dictionaryAt, spans, codes);
    });
  }

  #starts(field: number): number {
    return this.#spansAt + startsRow(field) * SPAN_ROW_BYTES;
  }

  #ends(field: number): number {
    return this.#spansAt + endsRow(field) * SPAN_ROW_BYTES;
  }

  /**
   * What values mean is remembered as long as both are the same objects; otherwise it is forgotten
   * here.
   */
  keepMeaningsFor(generation: object, rules: object): void {
    if (generation === this.#generation && rules === this.#rules) return;
    this.#generation = generation;
    this.#rules = rules;
    for (const dictionary of this.#dictionaries) dictionary.clear();
  }

  /** The dictionary of a column's values. */
  valuesOf(field: (typeof DICTIONARY_FIELDS)[number]): ValueDictionary {
    return this.#dictionaries[DICTIONARY_FIELDS.indexOf(field)];
  }

  /** Parses the times of the first `count` records; returns how many rows are odd. */
  parseTimes(count: number): number {
    const field = ORDER_TIMESTAMP;
    const into = this.#at + TIME_AT;
    return this.#exports.parseTimes(this.#starts(field), this.#ends(field), count, into);
  }

  /** Parses the quantities of the first `count` records; returns how many rows are odd. */
  parseQuantities(count: number): number {
    const starts = this.#starts(QUANTITY);
    const ends = this.#ends(QUANTITY);
    const into = this.#at + QUANTITY_AT;
    return this.#exports.parseQuantities(starts, ends, count, into);
  }

  /** Parses the prices of the first `count` records, in cents; returns how many rows are odd. */
  parsePrices(count: number): number {
    const into = this.#at + PRICE_AT;
    return this.#exports.parsePrices(this.#starts(PRICE), this.#ends(PRICE), count, into);
  }

  /** An odd id takes no bytes. `endBase` is added to each end. */
  parseIds(count: number, endBase: number): number {
    const at = this.#at;
    return this.#exports.parseIds(
      this.#starts(ORDER_ID),
      this.#ends(ORDER_ID),
      count,
      at + ID_HASH_AT,
      at + ID_HEAP_AT,
      endBase,
      at + ID_END_AT,
    );
  }
}
