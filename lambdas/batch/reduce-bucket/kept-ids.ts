import { ByteDictionary } from '../../shared/bytes/byte-dictionary.ts';
import { ByteHeap } from '../../shared/bytes/byte-heap.ts';
import { CODED_FIELDS } from '../../shared/model/order.ts';
import type { IdSlice } from '../../shared/rows/dedupe.ts';
import type { RecordColumns } from '../../shared/rows/row-source.ts';
import type { BucketRows, SliceRecords } from './bucket-rows.ts';

/**
 * Order ids that are taken, and by which records, kept from one wave of a bucket to the next: the
 * rows of that one are compared with them as if they came before (or after: `rules.keep`). Few
 * buckets have a second wave.
 */
export class KeptIds implements IdSlice {
  readonly idHash: Uint32Array;
  readonly idEnd: Uint32Array;
  readonly sourceIndex: Uint32Array;
  readonly offset: Float64Array;
  readonly timeMs: Float64Array;
  readonly priceCents: Float64Array;
  readonly remainderCents: Int32Array;
  readonly quantity: Uint32Array;
  readonly status: Uint8Array;
  /** By field in `CODED_FIELDS`. */
  readonly codes: readonly Uint32Array[];
  /** Of all ids, and handed on from one wave to the next. */
  readonly dictionaries: readonly ByteDictionary[];
  readonly #ids = new ByteHeap();
  #rowCount = 0;

  constructor(capacity: number, before: KeptIds | null = null) {
    this.idHash = new Uint32Array(capacity);
    this.idEnd = new Uint32Array(capacity);
    this.sourceIndex = new Uint32Array(capacity);
    this.offset = new Float64Array(capacity);
    this.timeMs = new Float64Array(capacity);
    this.priceCents = new Float64Array(capacity);
    this.remainderCents = new Int32Array(capacity);
    this.quantity = new Uint32Array(capacity);
    this.status = new Uint8Array(capacity);
    this.codes = CODED_FIELDS.map(() => new Uint32Array(capacity));
    this.dictionaries = before?.dictionaries ?? CODED_FIELDS.map(() => new ByteDictionary());
    if (before !== null) this.#take(before);
  }

  get rowCount(): number {
    return this.#rowCount;
  }

  get ids(): DataView {
    return this.#ids.view;
  }

  /** These ids, and those of the rows that are not duplicates. */
  with(bucket: BucketRows, isDuplicate: Uint8Array): KeptIds {
    let count = this.#rowCount;
    for (let row = 0; row < bucket.rowCount; row++) count += 1 - isDuplicate[row];
    const more = new KeptIds(count, this);
    const codeOf = more.dictionaries.map((into, k) => codesIn(into, bucket.dictionaries[k]));
    for (const slice of bucket.blocks) {
      const records = bucket.recordsOf(slice);
      for (let i = 0; i < slice.rowCount; i++) {
        if (isDuplicate[slice.baseRow + i] === 1) continue;
        more.codes.forEach((codes, k) => {
          codes[more.#rowCount] = codeOf[k][records.codeOf[k][records.columns.codes[k][i]]];
        });
        more.#add(slice.sourceIndex, records, i);
      }
    }
    return more;
  }

  #add(sourceIndex: number, { columns, header }: SliceRecords, i: number): void {
    const { idEnd } = columns;
    const index = this.#rowCount++;
    this.idHash[index] = columns.idHash[i];
    this.sourceIndex[index] = sourceIndex;
    this.offset[index] = columns.offset[i] + header.baseOffset;
    this.timeMs[index] = columns.time[i] + header.baseTimeMs;
    this.priceCents[index] = columns.price[i];
    this.remainderCents[index] = remainderOf(columns, i);
    this.quantity[index] = columns.quantity[i];
    this.status[index] = columns.status[i];
    this.#append(columns.ids.subarray(i === 0 ? 0 : idEnd[i - 1], idEnd[i]));
    this.idEnd[index] = this.#ids.size;
  }

  #take(before: KeptIds): void {
    const count = before.#rowCount;
    this.idHash.set(before.idHash.subarray(0, count));
    this.idEnd.set(before.idEnd.subarray(0, count));
    this.sourceIndex.set(before.sourceIndex.subarray(0, count));
    this.offset.set(before.offset.subarray(0, count));
    this.timeMs.set(before.timeMs.subarray(0, count));
    this.priceCents.set(before.priceCents.subarray(0, count));
    this.remainderCents.set(before.remainderCents.subarray(0, count));
    this.quantity.set(before.quantity.subarray(0, count));
    this.status.set(before.status.subarray(0, count));
    this.codes.forEach((codes, k) => {
      codes.set(before.codes[k].subarray(0, count));
    });
    this.#append(before.#ids.bytes.subarray(0, before.#ids.size));
    this.#rowCount = count;
  }

  #append(bytes: Uint8Array): void {
    this.#ids.reserve(bytes.length).set(bytes, this.#ids.size);
    this.#ids.size += bytes.length;
  }
}

/** Cents that the total of row `i` of a slice has beyond quantity × price. */
export function remainderOf({ remainder }: RecordColumns, i: number): number {
  return remainder === null ? 0 : remainder[i];
}

/** For each code of `from`, the code of the same value in `into`; -1 if `into` does not have it. */
export function knownCodes(into: ByteDictionary, from: ByteDictionary): Int32Array {
  return Int32Array.from({ length: from.size }, (_, code) =>
    into.find(from.view, from.offsets[code], from.offsets[code + 1]),
  );
}

/** By code of `from`, the code in `into`; what is not there is added. */
function codesIn(into: ByteDictionary, from: ByteDictionary): Uint32Array {
  return Uint32Array.from({ length: from.size }, (_, code) =>
    into.codeOf(from.view, from.offsets[code], from.offsets[code + 1]),
  );
}
