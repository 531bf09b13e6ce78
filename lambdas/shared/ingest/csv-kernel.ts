import { CSV_KERNEL_CODE } from '../kernels/compiled/csv-kernel-code.ts';
import { loadKernel } from '../kernels/load-kernel.ts';
import { assert } from '../model/errors.ts';
import type { CsvLayout } from './csv-layout.ts';
import { StrayQuotes } from './stray-quotes.ts';

/** What the module exports; `assembly/csv-kernel.ts` says what each does. */
interface KernelExports {
  place(
    spansAt: number,
    rowBytes: number,
    records: number,
    fieldRows: number,
    countAt: number,
    columnsAt: number,
    maxRecordBytes: number,
  ): void;
  setLayout(columnCount: number, delimiter: number): void;
  scan(from: number, end: number, startBefore: number, isLast: number, count: number): number;
}

export interface KernelSizes {
  /** Size of the window, its sentinel and its room, at the front of the memory. */
  readonly windowBytes: number;
  /** Size of the span tables, which follow the window. */
  readonly spanBytes: number;
  /** Distance between two rows of the span tables, in bytes. */
  readonly rowBytes: number;
  /** Records for which a row has room. */
  readonly recordCapacity: number;
  /** Number of rows of field starts; the last takes the columns that are not read. */
  readonly fieldRows: number;
  readonly maxRecordBytes: number;
  /** Size of the memory after the span tables, for another kernel that shares it. */
  readonly extraBytes: number;
}

/** The kernel loads 64 bytes at a time, wherever in the window it is. */
const OVERRUN_BYTES = 64;
const PAGE_BYTES = 64 * 1024;

/**
 * The CSV scanner in WebAssembly, with its own memory for all it reads and writes. The memory never
 * grows, so views of it stay valid. Untouched pages cost nothing.
 */
export class CsvKernel {
  /** The window is at 0. */
  readonly memory: ArrayBuffer;
  /** `memory` in the form that other kernels import. */
  readonly sharedMemory: WebAssembly.Memory;
  /** Offset of the span tables, in bytes. */
  readonly spansAt: number;
  /** Offset of the extra bytes, 16-byte aligned. */
  readonly extraAt: number;
  /** The kernel counts the records that it takes. */
  readonly strayQuotes: StrayQuotes;
  readonly #exports: KernelExports;
  readonly #count: Int32Array;
  readonly #columns: Uint8Array;
  readonly #ignoredRow: number;
  #layout: CsvLayout | null = null;

  constructor(sizes: KernelSizes) {
    this.spansAt = (sizes.windowBytes + OVERRUN_BYTES + 7) & ~7;
    const countAt = this.spansAt + sizes.spanBytes;
    const columnsAt = countAt + 12;
    // A header has at most as many columns as bytes, and one more.
    this.extraAt = (columnsAt + sizes.maxRecordBytes + 1 + 15) & ~15;
    const pages = Math.ceil((this.extraAt + sizes.extraBytes) / PAGE_BYTES);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    this.#exports = loadKernel(CSV_KERNEL_CODE, memory);
    this.sharedMemory = memory;
    this.memory = memory.buffer;
    this.#count = new Int32Array(this.memory, countAt, 1);
    this.strayQuotes = new StrayQuotes(new Int32Array(this.memory, countAt + 4, 2));
    this.#columns = new Uint8Array(this.memory, columnsAt, sizes.maxRecordBytes + 1);
    this.#ignoredRow = sizes.fieldRows - 1;
    const { rowBytes, recordCapacity, fieldRows, maxRecordBytes } = sizes;
    this.#exports.place(
      this.spansAt,
      rowBytes,
      recordCapacity,
      fieldRows,
      countAt,
      columnsAt,
      maxRecordBytes,
    );
  }

  /** How many records there are after a scan. */
  get recordCount(): number {
    return this.#count[0];
  }

  /** Sets which span row each column of the file fills, and the delimiter. */
  setLayout(layout: CsvLayout): void {
    if (layout === this.#layout) return;
    const { fields, delimiter } = layout;
    assert(fields.length <= this.#columns.length, 'a header has no more columns than bytes');
    for (let column = 0; column < fields.length; column++) {
      this.#columns[column] = fields[column] < 0 ? this.#ignoredRow : fields[column];
    }
    this.#exports.setLayout(fields.length, delimiter);
    this.#layout = layout;
  }

  /**
   * Adds plain records to the `recordCount` that are there. Returns the first position that was not
   * consumed, or its complement if there starts a record that only the caller understands.
   */
  scan(
    range: { from: number; end: number; startBefore: number; isLast: boolean },
    recordCount: number,
  ): number {
    const startBefore = Math.min(range.startBefore, range.end);
    const isLast = range.isLast ? 1 : 0;
    return this.#exports.scan(range.from, range.end, startBefore, isLast, recordCount);
  }
}
