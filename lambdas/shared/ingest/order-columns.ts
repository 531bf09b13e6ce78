import { ByteDictionary } from '../bytes/byte-dictionary.ts';
import { ByteHeap } from '../bytes/byte-heap.ts';
import type { KernelMemory } from '../kernels/kernel-memory.ts';
import { CODED_FIELDS } from '../model/order.ts';

/** Room for ids in a kernel's memory; a heap of longer ones leaves it. */
const USUAL_ID_BYTES_MAX = 40;

function arraysIn(memory: KernelMemory | null) {
  if (memory === null) {
    return {
      doubles: (length: number) => new Float64Array(length),
      words: (length: number) => new Uint32Array(length),
      integers: (length: number) => new Int32Array(length),
      bytes: (length: number) => new Uint8Array(length),
    };
  }
  return {
    doubles: (length: number) => memory.doubles(memory.allocate(length * 8), length),
    words: (length: number) => memory.uint32s(memory.allocate(length * 4), length),
    integers: (length: number) => memory.int32s(memory.allocate(length * 4), length),
    bytes: (length: number) => memory.bytes(memory.allocate(length), length),
  };
}

/**
 * A batch of records as a struct of arrays: the one form in which records meet the rules
 * (architecture §2). A row with issues is quarantined: only the record itself is kept, in `raw`.
 */
export class OrderColumns {
  readonly capacity: number;
  rowCount = 0;
  /**
   * Position of the record: the offset of its first byte (batch), or its index in a record batch
   * (stream).
   */
  readonly offset: Float64Array;
  /** Bit set of issues, 0 for a valid row. */
  readonly issues: Uint32Array;
  /** Hash of the order id. */
  readonly idHash: Uint32Array;
  /** The order id of row i is `ids.bytes[idEnd[i - 1] … idEnd[i] - 1]`. */
  readonly idEnd: Uint32Array;
  readonly ids: ByteHeap;
  /** Of each field in `CODED_FIELDS`: the codes of its values, and the values. */
  readonly codes: readonly Uint32Array[];
  readonly dictionaries: readonly ByteDictionary[] = CODED_FIELDS.map(() => new ByteDictionary());
  /** Event time, milliseconds since 1970. */
  readonly timeMs: Float64Array;
  readonly quantity: Int32Array;
  /** Of one piece. */
  readonly priceCents: Float64Array;
  /**
   * What the total has beyond quantity × price: 0 unless an amount was given for a whole line that
   * is no multiple of its quantity (contract §1.3). Where there is no row it is 0 too, so that only
   * other numbers are written.
   */
  readonly remainderCents: Int32Array;
  /** False: all remainders are 0. */
  hasRemainders = false;
  /** Index in `STATUSES`. */
  readonly status: Uint8Array;
  /** Rows with issues in order, and where the record of each ends in `raw`. */
  readonly quarantinedRow: Uint32Array;
  readonly rawEnd: Uint32Array;
  readonly raw = new ByteHeap();
  quarantinedCount = 0;
  /**
   * Another object after each `clear`: codes of the dictionaries hold as long as it is the same.
   */
  generation: object = {};

  /** `memory`: that of a kernel which is to read the columns of valid rows in place. */
  constructor(capacity: number, memory: KernelMemory | null = null) {
    const { doubles, words, integers, bytes } = arraysIn(memory);
    this.capacity = capacity;
    this.offset = doubles(capacity);
    this.issues = words(capacity);
    this.idHash = words(capacity);
    this.idEnd = words(capacity);
    this.ids = new ByteHeap(memory === null ? undefined : bytes(capacity * USUAL_ID_BYTES_MAX));
    this.codes = CODED_FIELDS.map(() => words(capacity));
    this.timeMs = doubles(capacity);
    this.quantity = integers(capacity);
    this.priceCents = doubles(capacity);
    this.remainderCents = integers(capacity);
    this.status = bytes(capacity);
    this.quarantinedRow = new Uint32Array(capacity);
    this.rawEnd = new Uint32Array(capacity);
  }

  /** Empties the batch and keeps its memory. */
  clear(): void {
    this.generation = {};
    if (this.hasRemainders) this.remainderCents.fill(0);
    this.hasRemainders = false;
    this.rowCount = 0;
    this.ids.size = 0;
    for (const dictionary of this.dictionaries) dictionary.clear();
    this.quarantinedCount = 0;
    this.raw.size = 0;
  }
}
