import { ByteDictionary } from '../../shared/ingest/byte-dictionary.ts';
import { viewOf } from '../../shared/ingest/bytes.ts';
import type { KernelArena } from '../../shared/runtime/kernel-arena.ts';
import { type IdSlice, sliceIndexOf } from '../../shared/transform/dedupe.ts';
import {
  readHeader,
  type SliceColumns,
  type SliceHeader,
  viewColumns,
} from '../exchange/slice-layout.ts';

/** A slice as it comes out of the exchange, in the memory of the kernels. */
export interface LoadedSlice {
  /** Index of the object it was read from, in the inputs of the plan. */
  readonly sourceIndex: number;
  readonly bytes: Uint8Array;
}

/** Where a record stands: places are in order of records. */
export interface RecordPlace {
  /** Index of the object, in the inputs of the plan. */
  readonly sourceIndex: number;
  readonly offset: number;
}

export interface BucketSlice extends IdSlice {
  readonly sourceIndex: number;
  readonly header: SliceHeader;
  readonly columns: SliceColumns;
  /** Number of the slice's first row in the bucket. */
  readonly baseRow: number;
  /** From the codes of the slice to those of the bucket. */
  readonly customerOf: Uint32Array;
  readonly productOf: Uint32Array;
}

/**
 * The rows of one bucket in order of records, as slices that stay where they are. Rows are numbered
 * from 0.
 */
export class BucketRows {
  readonly slices: BucketSlice[] = [];
  readonly customers = new ByteDictionary();
  readonly products = new ByteDictionary();
  rowCount = 0;
  readonly #arena: KernelArena;
  /** First row of each slice, and the number of rows. */
  #bases: Float64Array | null = null;

  /** `arena` takes what is kept beside the slices. */
  constructor(arena: KernelArena) {
    this.#arena = arena;
  }

  add({ sourceIndex, bytes }: LoadedSlice): void {
    const header = readHeader(bytes);
    const columns = viewColumns(bytes, header);
    this.slices.push({
      sourceIndex,
      header,
      columns,
      baseRow: this.rowCount,
      rowCount: header.rowCount,
      idHash: columns.idHash,
      idEnd: columns.idEnd,
      ids: viewOf(columns.ids),
      customerOf: this.#addValues(this.customers, columns.customers, columns.customerOffsets),
      productOf: this.#addValues(this.products, columns.products, columns.productOffsets),
    });
    this.rowCount += header.rowCount;
  }

  /**
   * Calls `visit` for each slice that holds some of `rows` (ascending): those at `[from, to)` of
   * it.
   */
  forEachSlice(
    rows: Uint32Array,
    visit: (slice: BucketSlice, from: number, to: number) => void,
  ): void {
    let from = 0;
    for (const slice of this.slices) {
      const to = firstAtLeast(rows, slice.baseRow + slice.rowCount, from);
      if (to > from) visit(slice, from, to);
      from = to;
    }
  }

  /** The slice that holds a row. Once all slices are there. */
  sliceOf(row: number): BucketSlice {
    this.#bases ??= Float64Array.from([...this.slices.map((s) => s.baseRow), this.rowCount]);
    return this.slices[sliceIndexOf(this.#bases, row)];
  }

  placeOf(row: number): RecordPlace {
    const { columns, header, baseRow, sourceIndex } = this.sliceOf(row);
    return { sourceIndex, offset: columns.offset[row - baseRow] + header.baseOffset };
  }

  /** The bytes of an order id. */
  idOf(row: number): Uint8Array {
    const { columns, idEnd, baseRow } = this.sliceOf(row);
    const i = row - baseRow;
    return columns.ids.subarray(i === 0 ? 0 : idEnd[i - 1], idEnd[i]);
  }

  #addValues(dictionary: ByteDictionary, heap: Uint8Array, offsets: Uint32Array): Uint32Array {
    const view = viewOf(heap);
    const count = offsets.length - 1;
    const codes = this.#arena.memory.uint32s(this.#arena.take(count * 4), count);
    for (let i = 0; i < count; i++) {
      codes[i] = dictionary.codeOf(view, offsets[i], offsets[i + 1]);
    }
    return codes;
  }
}

/** The first index from `from` on whose row is not below `limit`; rows are ascending. */
function firstAtLeast(rows: Uint32Array, limit: number, from: number): number {
  let low = from;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle] < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
