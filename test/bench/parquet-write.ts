import type {
  BytesValues,
  ColumnData,
  NamedColumns,
  NumberValues,
} from '../../lambdas/shared/bytes/column-data.ts';
import type { Column, ColumnType } from '../../lambdas/shared/model/column.ts';
import { type ParquetOptions, ParquetWriter } from '../../lambdas/shared/parquet/writer.ts';

/**
 * What encoding costs, without disk and start-up: `node test/bench/parquet-write.ts [rows] [files]
 * [rounds] [codec]` prints one JSON object: rows are spread over that many files of 15 columns like
 * `orders`; CPU and wall seconds are the median of the rounds. `1000000 1` is a large file, `10000
 * 62` the many tiny ones of a small run.
 */
const rowCount = Number(process.argv[2] ?? 1_000_000);
const fileCount = Number(process.argv[3] ?? 1);
const roundCount = Number(process.argv[4] ?? 7);
const codec = (process.argv[5] ?? 'zstd') as ParquetOptions['codec'];

const OPTIONS: ParquetOptions = { codec, encoding: 'compact', zstdLevel: 1 };
const CUSTOMERS = 1_000;
const PRODUCTS = 50;
const FIRST_MS = Date.UTC(2026, 0, 1);

const AMOUNT: ColumnType = { kind: 'decimal', precision: 18, scale: 2 };
const TYPES: readonly (readonly [string, ColumnType, boolean])[] = [
  ['order_id', { kind: 'string' }, false],
  ['customer_id', { kind: 'string' }, false],
  ['product_id', { kind: 'string' }, false],
  ['order_timestamp', { kind: 'timestamp' }, false],
  ['quantity', { kind: 'int32' }, false],
  ['price', { kind: 'decimal', precision: 10, scale: 2 }, false],
  ['status', { kind: 'string' }, false],
  ['order_date', { kind: 'date' }, false],
  ['order_day_of_week', { kind: 'int32' }, false],
  ['hour_of_day', { kind: 'int32' }, false],
  ['total_amount', AMOUNT, false],
  ['customer_name', { kind: 'string' }, true],
  ['product_name', { kind: 'string' }, true],
  ['category', { kind: 'string' }, true],
  ['source_offset', { kind: 'int64' }, false],
];
const COLUMNS: readonly Column[] = TYPES.map(([name, type, isNullable], index) => ({
  name,
  type,
  isNullable,
  fieldId: index + 1,
  description: name,
}));

const files = Array.from({ length: fileCount }, (_, file) =>
  columnsOf(Math.floor(rowCount / fileCount), file + 1),
);
const rounds = Array.from({ length: roundCount }, writeAll);
const report = {
  rows: rowCount,
  files: fileCount,
  bytes: rounds[0].bytes,
  wall_seconds: median(rounds.map((round) => round.wallSeconds)),
  cpu_seconds: median(rounds.map((round) => round.cpuSeconds)),
  first_wall_seconds: rounds[0].wallSeconds,
};
process.stdout.write(`${JSON.stringify(report)}\n`);

function writeAll(): { bytes: number; wallSeconds: number; cpuSeconds: number } {
  const cpuBefore = process.cpuUsage();
  const wallBefore = performance.now();
  let bytes = 0;
  for (const columns of files) {
    const writer = new ParquetWriter(COLUMNS, OPTIONS);
    writer.writeRowGroup({ rowCount: Math.floor(rowCount / fileCount), columns });
    writer.finish();
    bytes += writer.sizeBytes;
  }
  const cpu = process.cpuUsage(cpuBefore);
  return {
    bytes,
    wallSeconds: (performance.now() - wallBefore) / 1000,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Number(sorted[sorted.length >> 1].toFixed(4));
}

/** Ids rise, times rise with some disorder, everything else is drawn. */
function columnsOf(rows: number, firstSeed: number): NamedColumns {
  const next = generator(firstSeed);
  const customer = Uint32Array.from({ length: rows }, () => next(CUSTOMERS));
  const product = Uint32Array.from({ length: rows }, () => next(PRODUCTS));
  const status = Uint32Array.from({ length: rows }, () => next(3));
  const timeMs = Float64Array.from(
    { length: rows },
    (_, row) => FIRST_MS + Math.floor((row * 31 * 86_400_000) / rows) + next(600_000),
  );
  const quantity = Int32Array.from({ length: rows }, () => 1 + next(10));
  const price = Float64Array.from({ length: rows }, () => 500 + next(49_500));
  const day = Int32Array.from(timeMs, (time) => Math.floor(time / 86_400_000));
  const customers = (prefix: string) => texts(CUSTOMERS, (index) => `${prefix}${index + 1}`);
  const products = (prefix: string) => texts(PRODUCTS, (index) => `${prefix}${index + 1}`);
  return {
    order_id: plain(texts(rows, (row) => `o${row + 1}`)),
    customer_id: keyed(customer, customers('c')),
    product_id: keyed(product, products('p')),
    order_timestamp: plain(timeMs),
    quantity: plain(quantity),
    price: plain(price),
    status: keyed(
      status,
      texts(3, (index) => ['completed', 'pending', 'processing'][index]),
    ),
    order_date: plain(day),
    order_day_of_week: plain(day.map((value) => ((value + 4) % 7) + 1)),
    hour_of_day: plain(Int32Array.from(timeMs, (time) => Math.floor(time / 3_600_000) % 24)),
    total_amount: plain(price.map((cents, row) => cents * quantity[row])),
    customer_name: keyed(customer, customers('Customer ')),
    product_name: keyed(product, products('Product ')),
    category: keyed(
      product,
      texts(PRODUCTS, (index) => ['Home', 'Toys', 'Food', 'Books'][index % 4]),
    ),
    source_offset: plain(Float64Array.from({ length: rows }, (_, row) => row * 58 + next(6))),
  };
}

function plain(values: NumberValues | BytesValues): ColumnData {
  return { kind: 'plain', values, validity: null };
}

function keyed(keys: Uint32Array, values: BytesValues): ColumnData {
  return { kind: 'keyed', keys, keyCount: values.offsets.length - 1, valueOf: null, values };
}

function texts(count: number, textOf: (index: number) => string): BytesValues {
  const parts = Array.from({ length: count }, (_, index) => textOf(index));
  const offsets = new Uint32Array(count + 1);
  for (let i = 0; i < count; i++) offsets[i + 1] = offsets[i] + parts[i].length;
  return { heap: new TextEncoder().encode(parts.join('')), offsets };
}

/** A linear congruential generator: the same rows in every run. */
function generator(first: number): (limit: number) => number {
  let state = first;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
