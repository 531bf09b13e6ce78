import { ByteHeap } from '../../shared/ingest/order-columns.ts';
import type { IdSlice } from '../../shared/transform/dedupe.ts';
import type { BucketRows } from './bucket-rows.ts';

/**
 * Order ids that are taken, and by which records, kept from one wave of a bucket to the next: what
 * comes later is compared with them as if their rows stood in front.
 */
export class Claims implements IdSlice {
  readonly idHash: Uint32Array;
  readonly idEnd: Uint32Array;
  readonly sourceIndex: Uint32Array;
  readonly offset: Float64Array;
  readonly #ids = new ByteHeap();
  #rowCount = 0;

  constructor(capacity: number) {
    this.idHash = new Uint32Array(capacity);
    this.idEnd = new Uint32Array(capacity);
    this.sourceIndex = new Uint32Array(capacity);
    this.offset = new Float64Array(capacity);
  }

  get rowCount(): number {
    return this.#rowCount;
  }

  get ids(): DataView {
    return this.#ids.view;
  }

  /** These claims, and those of the rows that are not duplicates. */
  with(bucket: BucketRows, isDuplicate: Uint8Array): Claims {
    let count = this.#rowCount;
    for (let row = 0; row < bucket.rowCount; row++) count += 1 - isDuplicate[row];
    const more = new Claims(count);
    more.#take(this);
    for (const slice of bucket.slices) {
      const { rowCount, baseRow, sourceIndex } = slice;
      const { header, columns } = slice.views;
      const { idHash, idEnd } = columns;
      for (let i = 0; i < rowCount; i++) {
        if (isDuplicate[baseRow + i] === 1) continue;
        const claim = more.#rowCount++;
        more.idHash[claim] = idHash[i];
        more.sourceIndex[claim] = sourceIndex;
        more.offset[claim] = columns.offset[i] + header.baseOffset;
        more.#append(columns.ids.subarray(i === 0 ? 0 : idEnd[i - 1], idEnd[i]));
        more.idEnd[claim] = more.#ids.size;
      }
    }
    return more;
  }

  #take(earlier: Claims): void {
    this.idHash.set(earlier.idHash.subarray(0, earlier.#rowCount));
    this.idEnd.set(earlier.idEnd.subarray(0, earlier.#rowCount));
    this.sourceIndex.set(earlier.sourceIndex.subarray(0, earlier.#rowCount));
    this.offset.set(earlier.offset.subarray(0, earlier.#rowCount));
    this.#append(earlier.#ids.bytes.subarray(0, earlier.#ids.size));
    this.#rowCount = earlier.#rowCount;
  }

  #append(bytes: Uint8Array): void {
    this.#ids.reserve(bytes.length).set(bytes, this.#ids.size);
    this.#ids.size += bytes.length;
  }
}
