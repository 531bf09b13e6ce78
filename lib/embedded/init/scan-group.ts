import { ORDER_FIELDS, type OrderField } from '../../../lambdas/shared/model/order.ts';
import { RecordSplitter } from './csv-form.ts';
import type { Columns } from './detect-columns.ts';
import { type Encoding, encodingOf } from './detect-encoding.ts';
import { chooseKey, type KeyChoice, KeyCounter } from './detect-key.ts';
import { NumberForms } from './detect-number.ts';
import { StatusCounts } from './detect-status.ts';
import { TimeForms } from './detect-time.ts';
import { JsonRows } from './json-rows.ts';
import type { Start } from './look-at-start.ts';
import { isMissingText, isOtherMissing } from './missing-text.ts';
import { type OrderFile, readText } from './read-text.ts';

/** Values of a field that are missing, and how. */
export interface MissingValues {
  count: number;
  /** The record before, of the same order, had one: files that write it once per order. */
  fillable: number;
  /** Spellings that Tandem does not take for missing by itself. */
  readonly others: Set<string>;
}

/** What all records of the files of one form say. */
export interface GroupScan {
  readonly encoding: Encoding;
  readonly records: number;
  /** Records with fewer, or more, fields than the header; records that could not be read. */
  readonly short: number;
  readonly long: number;
  readonly unread: number;
  readonly times: TimeForms;
  readonly quantities: NumberForms;
  readonly prices: NumberForms;
  readonly statuses: StatusCounts;
  readonly currencies: StatusCounts;
  readonly missing: ReadonlyMap<OrderField, MissingValues>;
  readonly orders: KeyCounter;
  readonly key: KeyChoice;
  /** A time of day, where it has a column of its own. */
  readonly timeOfDay: string | null;
}

export interface ScanOptions {
  readonly signal: AbortSignal;
  /** Bytes read since the last call. */
  readonly onBytes: (bytes: number) => void;
}

/**
 * Reads all records of files of one form, as often as their questions need: once as a rule, again
 * for another encoding, and to count pairs if orders repeat. Memory does not grow with the files,
 * but for the hashes of keys.
 */
export async function scanGroup(
  starts: readonly Start[],
  options: ScanOptions,
): Promise<GroupScan> {
  const { found } = starts[0];
  let encoding: Encoding = starts.some((start) => start.encoding !== 'utf-8')
    ? 'windows-1252'
    : 'utf-8';
  let scan = await onePass(starts, encoding, options);
  if (scan.encoding !== encoding) {
    encoding = scan.encoding;
    scan = await onePass(starts, encoding, options);
  }
  const key = await keyOf(starts, encoding, scan.orders, found, options);
  return { ...scan, key };
}

async function onePass(
  starts: readonly Start[],
  encoding: Encoding,
  options: ScanOptions,
): Promise<Omit<GroupScan, 'key'>> {
  const { found, columns } = starts[0];
  const tally = new Tally(found, columns.length);
  let seen: Encoding = encoding;
  for (const start of starts) {
    const read = await readRows(start, encoding, (fields) => tally.add(fields), options);
    tally.unread += read.unread;
    if (read.encoding !== encoding) seen = read.encoding;
  }
  const { records, short, long, unread, times, quantities, prices, statuses } = tally;
  const { currencies, missing, orders, timeOfDay } = tally;
  return {
    ...{ encoding: seen, records, short, long, unread, times, quantities, prices, statuses },
    ...{ currencies, missing, orders, timeOfDay },
  };
}

/** Reads one file to its end, row by row. */
async function readRows(
  { file, form, columns, hasHeader, hasSeparatorLine, wrapping }: Start,
  encoding: Encoding,
  visit: (fields: readonly string[]) => void,
  { signal, onBytes }: ScanOptions,
): Promise<{ unread: number; encoding: Encoding }> {
  let isHeader = hasHeader;
  const rows =
    form === null
      ? new JsonRows(columns, visit)
      : new RecordSplitter(
          { ...form, skipRows: form.skipRows + (hasSeparatorLine ? 1 : 0) },
          (fields) => {
            if (!isHeader) visit(fields);
            isHeader = false;
          },
        );
  const { utf8 } = await readText(file, encoding, (text, bytes) => {
    signal.throwIfAborted();
    rows.push(text);
    onBytes(bytes);
    return true;
  });
  rows.end();
  const unread = rows instanceof JsonRows ? rows.unread : rows.tooLong;
  const isKnown = encoding !== 'utf-8' || wrapping.mark !== null;
  return { unread, encoding: isKnown ? encoding : encodingOf(utf8) };
}

/** Collects what one record after the other says. */
class Tally {
  readonly #columns: Columns;
  readonly #width: number;
  readonly #fields: readonly (readonly [OrderField, number])[];
  /** Of the record before: its order, and which fields it had, by place in `#fields`. */
  #lastOrder = '';
  #had: boolean[] = [];
  records = 0;
  short = 0;
  long = 0;
  unread = 0;
  readonly times = new TimeForms();
  readonly quantities = new NumberForms();
  readonly prices = new NumberForms();
  readonly statuses = new StatusCounts();
  readonly currencies = new StatusCounts();
  readonly missing = new Map<OrderField, MissingValues>();
  readonly orders = new KeyCounter();
  timeOfDay: string | null = null;

  constructor(columns: Columns, width: number) {
    this.#columns = columns;
    this.#width = width;
    this.#fields = ORDER_FIELDS.flatMap((field) => {
      const column = columns.get(field);
      return column === undefined ? [] : [[field, column.index] as const];
    });
    for (const [field] of this.#fields) {
      this.missing.set(field, { count: 0, fillable: 0, others: new Set() });
    }
  }

  add(record: readonly string[]): void {
    this.records++;
    if (record.length < this.#width) this.short++;
    if (record.length > this.#width) {
      this.long++;
      return;
    }
    const order = this.#value(record, this.#columns.get('order_id')?.index);
    if (order !== '') this.orders.add(order);
    const isSameOrder = order !== '' && order === this.#lastOrder;
    if (!isSameOrder) this.#had = [];
    for (const [place, [field, index]] of this.#fields.entries()) {
      const value = this.#value(record, index);
      if (value === '' || isOtherMissing(value)) {
        this.#addMissing(field, value, isSameOrder && this.#had[place]);
      } else {
        this.#had[place] = true;
        this.#addValue(field, value);
      }
    }
    this.#addOthers(record);
    this.#lastOrder = order;
  }

  /** Empty: it is missing. */
  #value(record: readonly string[], index: number | undefined): string {
    const value = index === undefined ? '' : (record[index]?.trim() ?? '');
    return isMissingText(value) ? '' : value;
  }

  #addMissing(field: OrderField, value: string, isFillable: boolean): void {
    const missing = this.missing.get(field);
    if (missing === undefined) return;
    missing.count++;
    if (isFillable) missing.fillable++;
    if (value !== '') missing.others.add(value);
  }

  #addValue(field: OrderField, value: string): void {
    if (field === 'order_timestamp') this.times.add(value);
    else if (field === 'quantity') this.quantities.add(value);
    else if (field === 'price') this.prices.add(value);
    else if (field === 'status') this.statuses.add(value);
  }

  #addOthers(record: readonly string[]): void {
    if (!this.#columns.has('price')) {
      const total = this.#value(record, this.#columns.get('line_total')?.index);
      if (total !== '') this.prices.add(total);
    }
    const currency = this.#value(record, this.#columns.get('currency')?.index);
    if (currency !== '') this.currencies.add(currency);
    if (this.timeOfDay !== null) return;
    const time = this.#value(record, this.#columns.get('time_of_day')?.index);
    if (time !== '') this.timeOfDay = time;
  }
}

/** Counts pairs of columns in another pass, only where orders repeat. */
async function keyOf(
  starts: readonly Start[],
  encoding: Encoding,
  orders: KeyCounter,
  columns: Columns,
  options: ScanOptions,
): Promise<KeyChoice> {
  const order = columns.get('order_id')?.index;
  const choices = (['line_number', 'product'] as const).flatMap((choice) => {
    const index = columns.get(choice === 'product' ? 'product_id' : choice)?.index;
    return index === undefined ? [] : [{ choice, index, counter: new KeyCounter() }];
  });
  if (order === undefined || orders.repeated === 0 || choices.length === 0) return 'order';
  const count = (fields: readonly string[]) => {
    const id = fields[order]?.trim() ?? '';
    if (isMissingText(id)) return;
    for (const { index, counter } of choices) counter.add(`${id}\0${fields[index]?.trim() ?? ''}`);
  };
  for (const start of starts) await readRows(start, encoding, count, options);
  return chooseKey(
    orders.repeated,
    choices.map(({ choice, counter }) => ({ choice, repeated: counter.repeated })),
  );
}

/** Bytes of the files, as they are stored. */
export async function sizeOf(files: readonly OrderFile[]): Promise<number> {
  let sizeBytes = 0;
  for (const { store, key } of files) sizeBytes += (await store.head(key))?.sizeBytes ?? 0;
  return sizeBytes;
}
