import { ROWS_KERNEL_CODE } from '../../shared/kernels/compiled/rows-kernel-code.ts';
import type { KernelMemory } from '../../shared/kernels/kernel-memory.ts';
import { loadKernel } from '../../shared/kernels/load-kernel.ts';

/** What the module exports; the sources beside it say what each does. */
export interface RowsKernel {
  groupRows(
    width: number,
    times: number,
    outcomes: number,
    count: number,
    firstDayStart: number,
    groupOfOutcome: number,
    groups: number,
    counts: number,
  ): void;
  outcomesOf(
    statuses: number,
    isDuplicate: number,
    count: number,
    outcomeOfStatus: number,
    duplicate: number,
    into: number,
  ): void;
  orderRows(groups: number, count: number, groupCount: number, places: number, rows: number): void;
  pickNumbers(
    width: number,
    column: number,
    base: number,
    rows: number,
    count: number,
    into: number,
  ): void;
  pickCodes(
    width: number,
    column: number,
    codeOf: number,
    rows: number,
    count: number,
    into: number,
  ): void;
  pickInts(width: number, column: number, rows: number, count: number, into: number): void;
  addPicked(column: number, rows: number, count: number, totals: number): void;
  multiply(quantities: number, prices: number, count: number, into: number): void;
  pickIds(
    ids: number,
    idEnds: number,
    firstRow: number,
    rows: number,
    count: number,
    offsets: number,
    heap: number,
  ): void;
  densify(keys: number, count: number, newOf: number, used: number): number;
  deriveHours(times: number, count: number, days: number, hours: number): number;
  addRows(
    times: number,
    products: number,
    rankOfProduct: number,
    hours: number,
    totals: number,
    count: number,
    windowLengthMs: number,
    firstWindow: number,
    productCount: number,
    cells: number,
    hourCells: number,
  ): void;
  listCells(cells: number, cellCount: number, carryBits: number, entries: number): number;
  placeTexts(texts: number, columns: number, issues: number, bytes: number): void;
  setColumns(count: number, delimiter: number): void;
  splitRecords(
    raw: number,
    rawEnds: number,
    issues: number,
    from: number,
    to: number,
    row: number,
    maxRows: number,
    maxHeapBytes: number,
  ): number;
}

/** An instance of the kernel for one thread, in memory that threads may share. */
export function createRowsKernel({ memory }: KernelMemory): RowsKernel {
  return loadKernel(ROWS_KERNEL_CODE, memory);
}
