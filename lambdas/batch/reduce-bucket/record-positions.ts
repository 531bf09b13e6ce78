import { type NamedColumns, plain, type Values } from '../../shared/bytes/column-data.ts';
import type { KernelMemory } from '../../shared/kernels/kernel-memory.ts';
import { placeOf } from '../../shared/rows/order-rows.ts';
import { RowKeys } from '../../shared/rows/row-keys.ts';
import type { RowsKernel } from '../../shared/rows/rows-kernel.ts';
import type { BucketRows } from './bucket-rows.ts';

/** Where rows of a bucket were read: source and source_offset (contract §3). */
export class RecordPositions {
  readonly #kernel: RowsKernel;
  readonly #source: RowKeys;
  readonly #offset: Float64Array;

  /** `capacity`: rows of a row group. */
  constructor(capacity: number, memory: KernelMemory, kernel: RowsKernel) {
    this.#kernel = kernel;
    this.#source = new RowKeys(capacity, memory, kernel);
    this.#offset = memory.doubles(memory.allocate(capacity * 8), capacity);
  }

  /**
   * The columns of `rows`, whose numbers are at `rowsAt` in the kernels' memory. Valid until the
   * next call.
   */
  columns(bucket: BucketRows, rows: Uint32Array, rowsAt: number, sources: Values): NamedColumns {
    const source = this.#source;
    const { byteOffset: offsetsAt } = this.#offset;
    bucket.forEachBlock(rows, ({ header, columns, baseRow, sourceIndex }, from, to) => {
      const [width, at] = placeOf(columns.offset, baseRow);
      const { baseOffset } = header;
      const [first, into] = [rowsAt + from * 4, offsetsAt + from * 8];
      this.#kernel.pickNumbers(width, at, baseOffset, first, to - from, into);
      source.keys.fill(sourceIndex, from, to);
    });
    source.densify(rows.length, (bucket.blocks.at(-1)?.sourceIndex ?? 0) + 1);
    return { source: source.column(sources, source.used), source_offset: plain(this.#offset) };
  }
}
