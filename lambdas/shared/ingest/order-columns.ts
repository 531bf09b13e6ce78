import { ByteDictionary, grown } from './byte-dictionary.ts';
import { viewOf } from './bytes.ts';

/** Byte strings one behind the other, appended to. */
export class ByteHeap {
  bytes = new Uint8Array(64 * 1024);
  view = viewOf(this.bytes);
  size = 0;

  /** Room for `more` bytes behind `size`; the caller writes there and moves `size`. */
  reserve(more: number): Uint8Array {
    if (this.size + more > this.bytes.length) {
      this.bytes = grown(this.bytes, this.size + more);
      this.view = viewOf(this.bytes);
    }
    return this.bytes;
  }
}

/**
 * A batch of records as a struct of arrays: the one form in which records meet the rules
 * (architecture §2). A row with issues is quarantined: of its values only the record itself is
 * kept, in `raw`.
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
  readonly ids = new ByteHeap();
  readonly customerCode: Uint32Array;
  readonly customers = new ByteDictionary();
  readonly productCode: Uint32Array;
  readonly products = new ByteDictionary();
  /** Event time, milliseconds since 1970. */
  readonly timeMs: Float64Array;
  readonly quantity: Int32Array;
  readonly priceCents: Float64Array;
  /** Index in `STATUSES`. */
  readonly status: Uint8Array;
  /** Rows with issues in order, and where the record of each ends in `raw`. */
  readonly quarantinedRow: Uint32Array;
  readonly rawEnd: Uint32Array;
  readonly raw = new ByteHeap();
  quarantinedCount = 0;
  /**
   * Another object after each `clear`: codes of `customers` and `products` hold as long as it is
   * the same.
   */
  generation: object = {};

  constructor(capacity: number) {
    this.capacity = capacity;
    this.offset = new Float64Array(capacity);
    this.issues = new Uint32Array(capacity);
    this.idHash = new Uint32Array(capacity);
    this.idEnd = new Uint32Array(capacity);
    this.customerCode = new Uint32Array(capacity);
    this.productCode = new Uint32Array(capacity);
    this.timeMs = new Float64Array(capacity);
    this.quantity = new Int32Array(capacity);
    this.priceCents = new Float64Array(capacity);
    this.status = new Uint8Array(capacity);
    this.quarantinedRow = new Uint32Array(capacity);
    this.rawEnd = new Uint32Array(capacity);
  }

  /** Empties the batch and keeps its memory. */
  clear(): void {
    this.generation = {};
    this.rowCount = 0;
    this.ids.size = 0;
    this.customers.clear();
    this.products.clear();
    this.quarantinedCount = 0;
    this.raw.size = 0;
  }
}
