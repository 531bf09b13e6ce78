import { formatDay } from '../../shared/model/time.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import {
  CELL_TABLES,
  type CellAmount,
  type CellTable,
  type ClassName,
  type DifferentCell,
} from './difference.ts';
import { Spill, type SpillBatch } from './spill.ts';
import { partitionOf } from './text-order.ts';

/** What an entry says of a cell. */
export const OF_BATCH = 0;
export const OF_STREAM = 1;
/** Batch − stream, as far as the records behind a differing order id say. */
export const OF_IDS = 2;
/** An active record of batch in a window that the stream has not closed. */
export const OF_OPEN_WINDOW = 3;
/** A row that breaks the contract by itself; its cell is unexplained. */
export const MALFORMED = 4;

export interface CellEntry {
  readonly kind: number;
  readonly table: CellTable;
  /** Day, hour, rank or start of the window; 0 where the product alone is the key. */
  readonly order: number;
  readonly productId: string;
  readonly orders: number;
  readonly cents: bigint;
}

interface EntryBatch extends SpillBatch {
  readonly kind: Uint8Array;
  /** Index in `CELL_TABLES`. */
  readonly table: Uint8Array;
  readonly order: Float64Array;
  readonly productId: readonly string[];
  readonly orders: Float64Array;
  readonly cents: BigInt64Array;
}

/** What is known of one cell: by kind of entry, and how many rows the tables have for it. */
interface Cell {
  readonly table: CellTable;
  readonly order: number;
  readonly productId: string;
  readonly orders: number[];
  readonly cents: bigint[];
  batchRows: number;
  streamRows: number;
  isMalformed: boolean;
}

export interface CellBookOptions {
  readonly prefix: string;
  /** 1: all cells are in memory at once. */
  readonly partitionCount: number;
  readonly bufferRows: number;
  readonly windowLengthMs: number;
  /** The stream's; windows that end after it are open. Below every instant if it has none. */
  readonly watermarkMs: number;
}

/**
 * Adds up, cell by cell, what the tables of both sides say and what the differing order ids explain
 * (contract §5). Cells are dealt into partitions by product, so that one of them fits memory.
 */
export class CellBook {
  readonly #options: CellBookOptions;
  readonly #spill: Spill<EntryBatch>;
  #entries: CellEntry[] = [];
  #cells = new Map<string, Cell>();

  constructor(lake: ObjectStore, options: CellBookOptions) {
    this.#options = options;
    this.#spill = new Spill(lake, options);
  }

  get windowLengthMs(): number {
    return this.#options.windowLengthMs;
  }

  isOpen(windowStartMs: number): boolean {
    return windowStartMs + this.#options.windowLengthMs > this.#options.watermarkMs;
  }

  add(entry: CellEntry): void {
    if (this.#options.partitionCount === 1) this.#apply(entry);
    else this.#entries.push(entry);
  }

  /** To be called between batches of entries: what memory does not hold is written. */
  async drainIfFull(): Promise<void> {
    if (this.#entries.length >= this.#options.bufferRows) await this.#drain();
  }

  async #drain(): Promise<void> {
    const entries = this.#entries;
    if (entries.length === 0) return;
    this.#entries = [];
    const { partitionCount } = this.#options;
    const partitions = Uint32Array.from(entries, ({ productId }) =>
      partitionOf(productId, partitionCount),
    );
    await this.#spill.deal(batchOf(entries), partitions);
  }

  /** The cells that are not equal and not exactly explained, and those of open windows. */
  async *differences(): AsyncGenerator<{ class: ClassName; cell: DifferentCell }> {
    const { partitionCount } = this.#options;
    if (partitionCount > 1) {
      await this.#drain();
      await this.#spill.flush();
    }
    for (let partition = 0; partition < partitionCount; partition++) {
      if (partitionCount > 1) await this.#load(partition);
      for (const cell of this.#cells.values()) {
        const name = this.#classOf(cell);
        if (name !== null) yield { class: name, cell: this.#differentCell(cell, name) };
      }
    }
  }

  async #load(partition: number): Promise<void> {
    this.#cells = new Map();
    for await (const { kind, table, order, productId, orders, cents } of this.#spill.read(
      partition,
    )) {
      for (let row = 0; row < kind.length; row++) {
        this.#apply({
          kind: kind[row],
          table: CELL_TABLES[table[row]],
          order: order[row],
          productId: productId[row],
          orders: orders[row],
          cents: cents[row],
        });
      }
    }
  }

  #apply({ kind, table, order, productId, orders, cents }: CellEntry): void {
    const key = `${table} ${order} ${productId}`;
    let cell = this.#cells.get(key);
    if (cell === undefined) {
      const zeros = { orders: [0, 0, 0, 0], cents: [0n, 0n, 0n, 0n] };
      cell = { table, order, productId, ...zeros, batchRows: 0, streamRows: 0, isMalformed: false };
      this.#cells.set(key, cell);
    }
    if (kind === MALFORMED) {
      cell.isMalformed = true;
      return;
    }
    if (kind === OF_BATCH) cell.batchRows += 1;
    if (kind === OF_STREAM) cell.streamRows += 1;
    cell.orders[kind] += orders;
    cell.cents[kind] += cents;
  }

  #classOf(cell: Cell): ClassName | null {
    const { orders, cents, batchRows, streamRows } = cell;
    if (cell.isMalformed || batchRows > 1 || streamRows > 1) return 'unexplained';
    if (cell.table === 'window_revenue' && this.isOpen(cell.order)) {
      // The stream has no row to compare with, but the one of batch must be the sum of its orders.
      const isExact =
        orders[OF_BATCH] === orders[OF_OPEN_WINDOW] && cents[OF_BATCH] === cents[OF_OPEN_WINDOW];
      if (!isExact || streamRows > 0) return 'unexplained';
      return batchRows > 0 ? 'window_not_final' : null;
    }
    const isExplained =
      orders[OF_BATCH] - orders[OF_STREAM] === orders[OF_IDS] &&
      cents[OF_BATCH] - cents[OF_STREAM] === cents[OF_IDS];
    return isExplained ? null : 'unexplained';
  }

  #differentCell(cell: Cell, name: ClassName): DifferentCell {
    const { table, order, orders, cents } = cell;
    const amount = (kind: number): CellAmount => ({ orders: orders[kind], cents: cents[kind] });
    return {
      table,
      order,
      text: textOf(cell),
      batch: cell.batchRows > 0 ? amount(OF_BATCH) : null,
      stream: cell.streamRows > 0 ? amount(OF_STREAM) : null,
      explained: name === 'window_not_final' ? null : amount(OF_IDS),
    };
  }
}

function batchOf(entries: readonly CellEntry[]): EntryBatch {
  return {
    kind: Uint8Array.from(entries, ({ kind }) => kind),
    table: Uint8Array.from(entries, ({ table }) => CELL_TABLES.indexOf(table)),
    order: Float64Array.from(entries, ({ order }) => order),
    productId: entries.map(({ productId }) => productId),
    orders: Float64Array.from(entries, ({ orders }) => orders),
    cents: BigInt64Array.from(entries, ({ cents }) => cents),
  };
}

function textOf({ table, order, productId }: Cell): string {
  switch (table) {
    case 'daily_revenue':
      return formatDay(order);
    case 'hourly_revenue':
      return `hour ${order}`;
    case 'window_revenue':
      return `${new Date(order).toISOString()} ${productId}`;
    case 'manifest':
      return 'active orders and revenue';
    default:
      return productId;
  }
}
