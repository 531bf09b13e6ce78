import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { CELL_TABLES, type ClassName, type DifferentCell } from '../model/difference.ts';
import { isTableCell, type Period } from '../model/period.ts';
import { partitionOf } from '../model/text-order.ts';
import { readSpilled, Spill, type SpillBatch, type SpilledParts } from '../work/spill.ts';
import { type CellEntry, Cells, OF_BATCH, OF_IDS, OF_OPEN_WINDOW, OF_STREAM } from './cells.ts';

interface EntryBatch extends SpillBatch {
  readonly kind: Uint8Array;
  /** Index in `CELL_TABLES`. */
  readonly table: Uint8Array;
  readonly order: Float64Array;
  readonly productId: readonly string[];
  readonly orders: Float64Array;
  readonly cents: BigInt64Array;
}

export interface CellBookOptions {
  readonly prefix: string;
  /** 1: all cells are in memory at once. */
  readonly partitionCount: number;
  readonly bufferRows: number;
  readonly windowLengthMs: number;
  /** The stream's; windows that end after it are open. Below every instant if it has none. */
  readonly watermarkMs: number;
  /** What is compared; all time where everything is. */
  readonly period: Period;
}

/**
 * Adds up, cell by cell, what the tables of both sides say and what the differing order ids explain
 * (contract §5). Cells are dealt into partitions by product, so that each fits in memory.
 */
export class CellBook {
  readonly #options: CellBookOptions;
  readonly #spill: Spill<EntryBatch>;
  readonly #lake: ObjectStore;
  readonly #adopted: SpilledParts[] = [];
  #entries: CellEntry[] = [];
  #cells = new Cells();

  constructor(lake: ObjectStore, options: CellBookOptions) {
    this.#lake = lake;
    this.#options = options;
    this.#spill = new Spill(lake, options);
  }

  get windowLengthMs(): number {
    return this.#options.windowLengthMs;
  }

  get period(): Period {
    return this.#options.period;
  }

  /** True while the stream has not made the window final. */
  isOpen(windowStartMs: number): boolean {
    return windowStartMs + this.#options.windowLengthMs > this.#options.watermarkMs;
  }

  /** Adds an entry to its cell. Call `spillIfFull` after each batch of entries. */
  add(entry: CellEntry): void {
    if (this.#options.partitionCount === 1) this.#cells.add(entry);
    else this.#entries.push(entry);
  }

  /** Spills what exceeds memory. Call it between batches of entries. */
  async spillIfFull(): Promise<void> {
    if (this.#entries.length >= this.#options.bufferRows) await this.#spillEntries();
  }

  /** Stores what was entered, for the book of another process. Not for a single partition. */
  async finish(): Promise<SpilledParts> {
    await this.#spillEntries();
    return await this.#spill.finish();
  }

  /** Takes what another book of as many partitions stored. Not for a single partition. */
  adopt(parts: SpilledParts): void {
    this.#adopted.push(parts);
  }

  async #spillEntries(): Promise<void> {
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
      await this.#spillEntries();
      await this.#spill.flush();
    }
    for (let partition = 0; partition < partitionCount; partition++) {
      if (partitionCount > 1) await this.#load(partition);
      const cells = this.#cells;
      for (let cell = 0; cell < cells.size; cell++) {
        const name = this.#classOf(cells, cell);
        if (name !== null) yield { class: name, cell: cells.differentCell(cell, name) };
      }
    }
  }

  async #load(partition: number): Promise<void> {
    this.#cells = new Cells();
    for await (const batch of this.#stored(partition)) {
      const { kind, table, order, productId, orders, cents } = batch;
      for (let row = 0; row < kind.length; row++) {
        this.#cells.add({
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

  async *#stored(partition: number): AsyncGenerator<EntryBatch> {
    yield* this.#spill.read(partition);
    for (const parts of this.#adopted) yield* readSpilled<EntryBatch>(this.#lake, parts, partition);
  }

  #classOf(cells: Cells, cell: number): ClassName | null {
    const batchRows = cells.rows[OF_BATCH][cell];
    const streamRows = cells.rows[OF_STREAM][cell];
    const table = CELL_TABLES[cells.table[cell]];
    const isDoubled =
      (batchRows > 1 || streamRows > 1) && isTableCell(this.period, table, cells.order[cell]);
    if (cells.isMalformed[cell] === 1 || isDoubled) return 'unexplained';
    const isWindow = table === 'window_revenue';
    if (isWindow && this.isOpen(cells.order[cell])) {
      // The stream has no row to compare with, but the one of batch must be the sum of its orders.
      const isExact =
        cells.orders[OF_BATCH][cell] === cells.orders[OF_OPEN_WINDOW][cell] &&
        cells.cents[OF_BATCH][cell] === cells.cents[OF_OPEN_WINDOW][cell];
      if (!isExact || streamRows > 0) return 'unexplained';
      return batchRows > 0 ? 'window_not_final' : null;
    }
    const { orders, cents } = cells;
    const isExplained =
      orders[OF_BATCH][cell] - orders[OF_STREAM][cell] === orders[OF_IDS][cell] &&
      cents[OF_BATCH][cell] - cents[OF_STREAM][cell] === cents[OF_IDS][cell];
    return isExplained ? null : 'unexplained';
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
