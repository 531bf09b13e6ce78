import {
  CUSTOMERS,
  type DimensionDefinition,
  JOINED_COLUMNS,
  PRODUCTS,
} from '../../shared/model/dimension.ts';
import { linePriceCents } from '../../shared/model/money.ts';
import { ORDER_FIELDS, STATUSES } from '../../shared/model/order.ts';
import type { Door, TableName } from '../../shared/model/tables.ts';
import { MS_PER_DAY, MS_PER_HOUR } from '../../shared/model/time.ts';
import { type ColumnRows, readTableColumns } from '../../shared/parquet/column-reader.ts';
import type { TableFile } from '../../shared/parquet/table-file.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { COLUMNS_OF_DAY } from '../../shared/rules/derived.ts';
import { OUTCOME_OF_STATUS, OUTCOMES } from '../../shared/rules/outcome.ts';
import {
  ACTIVE,
  CANCELLED,
  codedOf,
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

const VALUES = [...ORDER_FIELDS, 'total_amount'];
const DERIVED = [...Object.keys(COLUMNS_OF_DAY), 'hour_of_day'];

const COLUMNS_OF: Readonly<Record<RowTable, readonly string[]>> = {
  orders: [...VALUES, ...DERIVED, ...JOINED_COLUMNS],
  cancelled: [...VALUES, ...DERIVED],
  duplicates: VALUES,
  late: VALUES,
  quarantine: ['order_id', 'issues'],
};

/** Whether an order of a status is one of `orders`, not of `cancelled`. */
const IS_ACTIVE = new Map<string, boolean>(
  STATUSES.map((name, status) => [name, OUTCOMES[OUTCOME_OF_STATUS[status]] === 'active']),
);

/** Keys remembered before all are forgotten. */
const MEMO_KEYS_MAX = 100_000;

type JoinedValues = readonly (string | number | null | undefined)[];

/**
 * Joined values of records. Equal values of one key are mostly held once, for both sides, so that
 * comparing them is comparing references.
 */
export class JoinedMemo {
  readonly #customers = new Map<string, Joined>();
  readonly #products = new Map<string, Joined>();

  customers(rows: ColumnRows): Joined[] {
    return joinedOf(rows, CUSTOMERS, this.#customers);
  }

  products(rows: ColumnRows): Joined[] {
    return joinedOf(rows, PRODUCTS, this.#products);
  }
}

/** By row of a file: the values of a dimension, in the order of its columns. */
function joinedOf(
  rows: ColumnRows,
  { key, columns }: DimensionDefinition,
  memo: Map<string, Joined>,
): Joined[] {
  const values = columns.map(
    ({ name, type }): JoinedValues =>
      type.kind === 'string' ? rows.textsOrNull(name) : rows.numbersOrNull(name),
  );
  return rows.texts(key).map((id, i) => {
    const known = memo.get(id);
    if (known?.every((value, column) => value === (values[column][i] ?? null))) return known;
    if (memo.size >= MEMO_KEYS_MAX) memo.clear();
    const joined = values.map((column) => column[i] ?? null);
    memo.set(id, joined);
    return joined;
  });
}

/** The records of one file of a row table, one row group at a time. */
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
      ...codedOf((name) => rows.texts(name)),
      status: rows.texts('status'),
      timeMs: doubles(rows.numbers('order_timestamp')),
      quantity: new Int32Array(rows.numbers('quantity')),
      priceCents: doubles(rows.numbers('price')),
      totalCents: doubles(rows.numbers('total_amount')),
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
    // Contract §2: white space around a value is trimmed before anything else.
    orderId: rows.textsOrNull('order_id').map((id) => (id ? trimmed(id) : null)),
    ...codedOf(() => null),
    status: null,
    timeMs: zeros(rows.rowCount),
    quantity: new Int32Array(rows.rowCount),
    priceCents: zeros(rows.rowCount),
    totalCents: zeros(rows.rowCount),
    isBroken: flags(rows),
    customer: null,
    product: null,
    issues: rows.texts('issues'),
  };
}

const isBlank = (codeUnit: number) => codeUnit === 0x20 || (codeUnit >= 0x09 && codeUnit <= 0x0d);

/** A loop: a pattern takes quadratic time on a long value full of blanks. */
function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/**
 * Marks rows whose derived columns do not follow from their seven values, or that are in the wrong
 * table for their status.
 */
function brokenRows(rows: ColumnRows, isActive: boolean): Uint8Array {
  const broken = flags(rows);
  const timeMs = rows.numbers('order_timestamp');
  const quantity = rows.numbers('quantity');
  const price = rows.numbers('price');
  const total = rows.numbers('total_amount');
  const ofDay = Object.entries(COLUMNS_OF_DAY).map(([name, of]) => ({
    stored: rows.numbers(name),
    of,
  }));
  const hour = rows.numbers('hour_of_day');
  const status = rows.texts('status');
  for (let i = 0; i < broken.length; i++) {
    const dayOfTime = Math.floor(timeMs[i] / MS_PER_DAY);
    const hourOfTime = Math.floor((timeMs[i] - dayOfTime * MS_PER_DAY) / MS_PER_HOUR);
    const isWhole =
      isTotalOf(total[i], quantity[i], price[i]) &&
      hour[i] === hourOfTime &&
      ofDay.every(({ stored, of }) => stored[i] === of(dayOfTime)) &&
      IS_ACTIVE.get(status[i]) === isActive;
    broken[i] = isWhole ? 0 : 1;
  }
  return broken;
}

/** Of one price per piece, or of an amount per line: rows do not say which they were read as. */
function isTotalOf(totalCents: number, quantity: number, priceCents: number): boolean {
  return (
    totalCents === quantity * priceCents || linePriceCents(totalCents, quantity) === priceCents
  );
}
