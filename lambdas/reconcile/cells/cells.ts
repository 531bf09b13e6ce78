import { formatDay } from '../../shared/model/time.ts';
import {
  CELL_TABLES,
  type CellAmount,
  type CellTable,
  type ClassName,
  type DifferentCell,
} from '../model/difference.ts';

/** What an entry says of a cell. */
export const OF_BATCH = 0;
export const OF_STREAM = 1;
/** Batch minus stream, according to the records behind differing order ids. */
export const OF_IDS = 2;
/** An active record of batch in a window that the stream has not closed. */
export const OF_OPEN_WINDOW = 3;
/** A row that breaks the contract by itself; its cell is unexplained. */
export const MALFORMED = 4;

export interface CellEntry {
  readonly kind: number;
  readonly table: CellTable;
  /** Day, hour, rank or start of the window; 0 if the product alone is the key. */
  readonly order: number;
  readonly productId: string;
  readonly orders: number;
  readonly cents: bigint;
}

const KINDS = [OF_BATCH, OF_STREAM, OF_IDS, OF_OPEN_WINDOW];
const CAPACITY_MIN = 1024;

/** More than there are tables: the table is the rest of a key, the order its multiple. */
const TABLES_MAX = 8;

/** Cells in memory as columns: the sum of each kind of entry, and the number of rows. */
export class Cells {
  size = 0;
  /** Index in `CELL_TABLES`. */
  table = new Uint8Array(CAPACITY_MIN);
  order = new Float64Array(CAPACITY_MIN);
  isMalformed = new Uint8Array(CAPACITY_MIN);
  readonly productId: string[] = [];
  /** First index: kind; second: cell. */
  readonly orders = KINDS.map(() => new Float64Array(CAPACITY_MIN));
  readonly cents = KINDS.map(() => new BigInt64Array(CAPACITY_MIN));
  readonly rows = KINDS.map(() => new Uint32Array(CAPACITY_MIN));
  readonly #cellOf = new Map<string, Map<number, number>>();

  add(entry: CellEntry): void {
    const cell = this.#find(entry);
    if (entry.kind === MALFORMED) {
      this.isMalformed[cell] = 1;
      return;
    }
    this.rows[entry.kind][cell] += 1;
    this.orders[entry.kind][cell] += entry.orders;
    this.cents[entry.kind][cell] += entry.cents;
  }

  differentCell(cell: number, name: ClassName): DifferentCell {
    const amount = (kind: number): CellAmount => ({
      orders: this.orders[kind][cell],
      cents: this.cents[kind][cell],
    });
    return {
      table: CELL_TABLES[this.table[cell]],
      order: this.order[cell],
      text: this.#textOf(cell),
      batch: this.rows[OF_BATCH][cell] > 0 ? amount(OF_BATCH) : null,
      stream: this.rows[OF_STREAM][cell] > 0 ? amount(OF_STREAM) : null,
      explained: name === 'window_not_final' ? null : amount(OF_IDS),
    };
  }

  #find({ table, order, productId }: CellEntry): number {
    let ofProduct = this.#cellOf.get(productId);
    if (ofProduct === undefined) {
      ofProduct = new Map();
      this.#cellOf.set(productId, ofProduct);
    }
    const tableIndex = CELL_TABLES.indexOf(table);
    const key = order * TABLES_MAX + tableIndex;
    const known = ofProduct.get(key);
    if (known !== undefined) return known;
    const cell = this.size++;
    if (cell === this.table.length) this.#grow(cell * 2);
    ofProduct.set(key, cell);
    this.table[cell] = tableIndex;
    this.order[cell] = order;
    this.productId.push(productId);
    return cell;
  }

  #grow(capacity: number): void {
    this.table = copied(this.table, new Uint8Array(capacity));
    this.order = copied(this.order, new Float64Array(capacity));
    this.isMalformed = copied(this.isMalformed, new Uint8Array(capacity));
    for (const kind of KINDS) {
      this.orders[kind] = copied(this.orders[kind], new Float64Array(capacity));
      const cents = new BigInt64Array(capacity);
      cents.set(this.cents[kind]);
      this.cents[kind] = cents;
      this.rows[kind] = copied(this.rows[kind], new Uint32Array(capacity));
    }
  }

  #textOf(cell: number): string {
    const order = this.order[cell];
    switch (CELL_TABLES[this.table[cell]]) {
      case 'daily_revenue':
        return formatDay(order);
      case 'hourly_revenue':
        return `hour ${order}`;
      case 'window_revenue':
        return `${new Date(order).toISOString()} ${this.productId[cell]}`;
      case 'manifest':
        return 'active orders and revenue';
      default:
        return this.productId[cell];
    }
  }
}

function copied<T extends Uint8Array | Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
