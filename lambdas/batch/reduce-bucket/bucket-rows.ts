import { ByteDictionary } from '../../shared/bytes/byte-dictionary.ts';
import { viewOf } from '../../shared/bytes/bytes.ts';
import type { BytesValues } from '../../shared/bytes/column-data.ts';
import type { KernelArena } from '../../shared/kernels/kernel-arena.ts';
import { CODED_FIELDS } from '../../shared/model/order.ts';
import type { IdSlice } from '../../shared/rows/dedupe.ts';
import type { RowBlock, RowSource } from '../../shared/rows/row-source.ts';
import {
  readHeader,
  type SliceColumns,
  type SliceHeader,
  viewColumns,
  viewIdEnd,
  viewIdHash,
} from '../exchange/slice-layout.ts';
import type { RecordPlace } from '../run/findings.ts';

/** A slice as it comes out of the exchange, in the memory of the kernels. */
export interface LoadedSlice {
  /** Index of the object it was read from, in the inputs of the plan. */
  readonly sourceIndex: number;
  readonly bytes: Uint8Array;
}

/**
 * Slices with fewer rows make all views of their bytes anew for each use: kept, they would take a
 * hundred times the memory of a slice of one row, and a landing zone may have a million such files.
 */
const KEPT_VIEWS_ROWS_MIN = 256;

/** A slice of a bucket, where it is in memory. */
export class BucketSlice implements IdSlice, RowBlock {
  readonly sourceIndex: number;
  /** Number of the slice's first row in the bucket. */
  readonly baseRow: number;
  readonly rowCount: number;
  readonly codeOfAt: readonly number[];
  readonly #buffer: ArrayBufferLike;
  readonly #at: number;
  readonly #sizeBytes: number;
  readonly #views: SliceViews | null;

  constructor(
    { sourceIndex, bytes }: LoadedSlice,
    views: SliceViews,
    places: Pick<RowBlock, 'baseRow' | 'codeOfAt'>,
  ) {
    this.sourceIndex = sourceIndex;
    this.baseRow = places.baseRow;
    this.rowCount = views.header.rowCount;
    this.codeOfAt = places.codeOfAt;
    this.#buffer = bytes.buffer;
    this.#at = bytes.byteOffset;
    this.#sizeBytes = bytes.length;
    this.#views = this.rowCount < KEPT_VIEWS_ROWS_MIN ? null : views;
  }

  get #bytes(): Uint8Array {
    return new Uint8Array(this.#buffer, this.#at, this.#sizeBytes);
  }

  get header(): SliceHeader {
    return this.#views?.header ?? readHeader(this.#bytes);
  }

  /** Header and columns at once. */
  get views(): SliceViews {
    return this.#views ?? viewSlice(this.#bytes);
  }

  get columns(): SliceColumns {
    return this.views.columns;
  }

  get baseTimeMs(): number {
    return this.header.baseTimeMs;
  }

  get earliestMs(): number {
    return this.rowCount === 0 ? Number.POSITIVE_INFINITY : this.header.baseTimeMs;
  }

  get latestMs(): number {
    return this.rowCount === 0 ? Number.NEGATIVE_INFINITY : this.header.maxTimeMs;
  }

  get idHash(): Uint32Array {
    return this.#views?.columns.idHash ?? viewIdHash(this.#bytes, this.rowCount);
  }

  get idEnd(): Uint32Array {
    return this.#views?.columns.idEnd ?? viewIdEnd(this.#bytes, this.rowCount);
  }

  get ids(): DataView {
    return viewOf(this.views.columns.ids);
  }
}

interface SliceViews {
  readonly header: SliceHeader;
  readonly columns: SliceColumns;
}

export interface SliceRecords extends SliceViews {
  /** By field in `CODED_FIELDS`: code of the bucket by code of the slice. */
  readonly codeOf: readonly Uint32Array[];
}

function viewSlice(bytes: Uint8Array): SliceViews {
  const header = readHeader(bytes);
  return { header, columns: viewColumns(bytes, header) };
}

/**
 * The rows of one bucket in order of records, as slices that stay where they are. Rows are numbered
 * from 0.
 */
export class BucketRows implements RowSource {
  readonly blocks: BucketSlice[] = [];
  readonly dictionaries: readonly ByteDictionary[] = CODED_FIELDS.map(() => new ByteDictionary());
  rowCount = 0;
  readonly #arena: KernelArena;

  /** `arena` takes what is kept beside the slices. */
  constructor(arena: KernelArena) {
    this.#arena = arena;
  }

  add(loaded: LoadedSlice): void {
    const views = viewSlice(loaded.bytes);
    const slice = new BucketSlice(loaded, views, {
      baseRow: this.rowCount,
      codeOfAt: views.columns.values.map((values, k) =>
        this.#addValues(this.dictionaries[k], values),
      ),
    });
    this.blocks.push(slice);
    this.rowCount += slice.rowCount;
  }

  /**
   * Calls `visit` for each slice that holds some of `rows` (ascending): those at `[from, to)` of
   * it.
   */
  forEachBlock(
    rows: Uint32Array,
    visit: (slice: BucketSlice, from: number, to: number) => void,
  ): void {
    const { blocks: slices } = this;
    let index = 0;
    for (let from = 0; from < rows.length; ) {
      index = this.#sliceIndexOf(rows[from], index);
      const slice = slices[index];
      const to = firstAtLeast(rows, slice.baseRow + slice.rowCount, from);
      visit(slice, from, to);
      from = to;
    }
  }

  /** The slice that holds a row. Once all slices are there. */
  sliceOf(row: number): BucketSlice {
    return this.blocks[this.#sliceIndexOf(row)];
  }

  placeOf(row: number): RecordPlace {
    const slice = this.sliceOf(row);
    const { header, columns } = slice.views;
    const offset = columns.offset[row - slice.baseRow] + header.baseOffset;
    return { sourceIndex: slice.sourceIndex, offset };
  }

  /** The bytes of an order id. */
  idOf(row: number): Uint8Array {
    const slice = this.sliceOf(row);
    const { ids, idEnd } = slice.views.columns;
    const i = row - slice.baseRow;
    return ids.subarray(i === 0 ? 0 : idEnd[i - 1], idEnd[i]);
  }

  /** What a slice holds, with the codes of the bucket by those of the slice. */
  recordsOf({ views, codeOfAt }: BucketSlice): SliceRecords {
    const { header, columns } = views;
    const { memory } = this.#arena;
    const codeOf = codeOfAt.map((at, k) => memory.uint32s(at, header.coded[k].count));
    return { header, columns, codeOf };
  }

  /** The slice that holds a row, which none before `first` does; most often it is the next one. */
  #sliceIndexOf(row: number, first = 0): number {
    const { blocks: slices } = this;
    const holds = (index: number) => slices[index].baseRow + slices[index].rowCount > row;
    let low = first;
    let step = 1;
    while (low + step < slices.length && !holds(low + step - 1)) {
      low += step;
      step *= 2;
    }
    let high = Math.min(low + step, slices.length) - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (holds(middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Where the codes of the values stand. */
  #addValues(dictionary: ByteDictionary, { heap, offsets }: BytesValues): number {
    const view = viewOf(heap);
    const count = offsets.length - 1;
    const at = this.#arena.take(count * 4);
    const codes = this.#arena.memory.uint32s(at, count);
    for (let i = 0; i < count; i++) {
      codes[i] = dictionary.codeOf(view, offsets[i], offsets[i + 1]);
    }
    return at;
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
