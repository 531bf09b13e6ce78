import type { Door, TableName } from '../../shared/model/tables.ts';
import { dayOfWeek, MS_PER_DAY, MS_PER_HOUR } from '../../shared/model/time.ts';
import { type ColumnRows, readTableColumns } from '../../shared/parquet/column-reader.ts';
import type { TableFile } from '../../shared/parquet/table-file.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import {
  ACTIVE,
  CANCELLED,
  DUPLICATE,
  type Joined,
  LATE,
  QUARANTINED,
  type RecordBatch,
  SIDES,
} from '../model/record-batch.ts';

export type RowTable = Extract<
  TableName,
  'orders' | 'cancelled' | 'duplicates' | 'late' | 'quarantine'
>;

const OUTCOME_OF: Readonly<Record<RowTable, number>> = {
  orders: ACTIVE,
  cancelled: CANCELLED,
  duplicates: DUPLICATE,
  late: LATE,
  quarantine: QUARANTINED,
};

const VALUES = [
  'order_id',
  'customer_id',
  'product_id',
  'order_timestamp',
  'quantity',
  'price',
  'status',
];
const DERIVED = ['order_date', 'order_day_of_week', 'hour_of_day', 'total_amount'];
const OF_CUSTOMER = ['customer_name', 'customer_email', 'customer_segment', 'registration_date'];
const OF_PRODUCT = ['product_name', 'category', 'brand', 'list_price'];

/** Names of the joined values of a record, customer's first. */
export const JOINED_COLUMNS: readonly string[] = [...OF_CUSTOMER, ...OF_PRODUCT];

const COLUMNS_OF: Readonly<Record<RowTable, readonly string[]>> = {
  orders: [...VALUES, ...DERIVED, ...OF_CUSTOMER, ...OF_PRODUCT],
  cancelled: [...VALUES, ...DERIVED],
  duplicates: VALUES,
  late: VALUES,
  quarantine: ['order_id', 'issues'],
};

/**
 * Equal joined values of one key are mostly held once, for both sides, so that comparing them is
 * comparing references.
 */
export class JoinedMemo {
  readonly #customers = new Map<string, Joined>();
  readonly #products = new Map<string, Joined>();

  customers(rows: ColumnRows): Joined[] {
    const [name, email, segment] = OF_CUSTOMER.slice(0, 3).map((column) =>
      rows.textsOrNull(column),
    );
    const registered = rows.numbersOrNull('registration_date');
    const keys = rows.texts('customer_id');
    return keys.map((key, i) =>
      memoized(this.#customers, key, name[i], email[i], segment[i], registered[i]),
    );
  }

  products(rows: ColumnRows): Joined[] {
    const [name, category, brand] = OF_PRODUCT.slice(0, 3).map((column) =>
      rows.textsOrNull(column),
    );
    const listPrice = rows.numbersOrNull('list_price');
    const keys = rows.texts('product_id');
    return keys.map((key, i) =>
      memoized(this.#products, key, name[i], category[i], brand[i], listPrice[i]),
    );
  }
}

/** Keys remembered before all are forgotten. */
const MEMO_KEYS_MAX = 100_000;

type MaybeText = string | null | undefined;

function memoized(
  memo: Map<string, Joined>,
  key: string,
  a: MaybeText,
  b: MaybeText,
  c: MaybeText,
  d: number | null,
): Joined {
  const x = a ?? null;
  const y = b ?? null;
  const z = c ?? null;
  const known = memo.get(key);
  if (known !== undefined && known[0] === x && known[1] === y && known[2] === z && known[3] === d) {
    return known;
  }
  if (memo.size >= MEMO_KEYS_MAX) memo.clear();
  const joined = [x, y, z, d];
  memo.set(key, joined);
  return joined;
}

/** The records of one file of a row table, row group by row group. */
export async function* readRecords(
  lake: ObjectStore,
  file: TableFile,
  { door, table }: { readonly door: Door; readonly table: RowTable },
  memo: JoinedMemo,
): AsyncGenerator<RecordBatch> {
  const position = ['source', door === 'batch' ? 'source_offset' : 'sequence_number'];
  for await (const rows of readTableColumns(lake, file, [...COLUMNS_OF[table], ...position])) {
    const { rowCount } = rows;
    const common = {
      side: new Uint8Array(rowCount).fill(SIDES.indexOf(door)),
      outcome: new Uint8Array(rowCount).fill(OUTCOME_OF[table]),
      source: rows.texts('source'),
      offset: door === 'batch' ? doubles(rows.numbers('source_offset')) : zeros(rowCount),
      sequence: door === 'batch' ? null : rows.texts('sequence_number'),
    };
    yield table === 'quarantine' ? quarantinedBatch(rows, common) : validBatch(rows, common, table);
  }

  function validBatch(rows: ColumnRows, common: CommonColumns, table: RowTable): RecordBatch {
    const isActive = table === 'orders';
    return {
      ...common,
      orderId: rows.texts('order_id'),
      customerId: rows.texts('customer_id'),
      productId: rows.texts('product_id'),
      status: rows.texts('status'),
      timeMs: doubles(rows.numbers('order_timestamp')),
      quantity: new Int32Array(rows.numbers('quantity')),
      priceCents: doubles(rows.numbers('price')),
      isBroken: isActive || table === 'cancelled' ? brokenRows(rows, isActive) : flags(rows),
      customer: isActive ? memo.customers(rows) : null,
      product: isActive ? memo.products(rows) : null,
      issues: null,
    };
  }
}

type CommonColumns = Pick<RecordBatch, 'side' | 'outcome' | 'source' | 'offset' | 'sequence'>;

const doubles = (numbers: Float64Array | Int32Array) =>
  numbers instanceof Float64Array ? numbers : new Float64Array(numbers);
const zeros = (rowCount: number) => new Float64Array(rowCount);
const flags = ({ rowCount }: ColumnRows) => new Uint8Array(rowCount);

function quarantinedBatch(rows: ColumnRows, common: CommonColumns): RecordBatch {
  return {
    ...common,
    // Contract §2: what stands around a value is trimmed before anything else.
    orderId: rows.textsOrNull('order_id').map((id) => (id ? trimmed(id) : null)),
    customerId: null,
    productId: null,
    status: null,
    timeMs: zeros(rows.rowCount),
    quantity: new Int32Array(rows.rowCount),
    priceCents: zeros(rows.rowCount),
    isBroken: flags(rows),
    customer: null,
    product: null,
    issues: rows.texts('issues'),
  };
}

const isBlank = (codeUnit: number) => codeUnit === 0x20 || (codeUnit >= 0x09 && codeUnit <= 0x0d);

/** By hand: a pattern takes quadratic time over a long value full of blanks. */
function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/**
 * Rows whose derived columns do not follow from their seven values, or that stand in the wrong
 * table for their status.
 */
function brokenRows(rows: ColumnRows, isActive: boolean): Uint8Array {
  const broken = flags(rows);
  const timeMs = rows.numbers('order_timestamp');
  const quantity = rows.numbers('quantity');
  const price = rows.numbers('price');
  const total = rows.numbers('total_amount');
  const day = rows.numbers('order_date');
  const weekDay = rows.numbers('order_day_of_week');
  const hour = rows.numbers('hour_of_day');
  const status = rows.texts('status');
  for (let i = 0; i < broken.length; i++) {
    const dayOfTime = Math.floor(timeMs[i] / MS_PER_DAY);
    const hourOfTime = Math.floor((timeMs[i] - dayOfTime * MS_PER_DAY) / MS_PER_HOUR);
    const isWhole =
      total[i] === quantity[i] * price[i] &&
      day[i] === dayOfTime &&
      hour[i] === hourOfTime &&
      weekDay[i] === dayOfWeek(dayOfTime) &&
      (status[i] !== 'cancelled') === isActive;
    broken[i] = isWhole ? 0 : 1;
  }
  return broken;
}
