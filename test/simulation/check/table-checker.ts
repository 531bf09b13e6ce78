import type { TableName } from '../../../lambdas/shared/model/tables.ts';
import { readRows } from '../../../lambdas/shared/parquet/reader.ts';
import type { EpochPlan } from '../../../lambdas/shared/state/epoch-plan.ts';
import type { StreamManifest } from '../../../lambdas/shared/state/stream-manifest.ts';
import {
  CUSTOMERS,
  type OracleDimension,
  PRODUCTS,
  readDimension,
} from '../../support/oracle/dimension.ts';
import { readEvent } from '../../support/oracle/event.ts';
import { derivedColumns, type Order } from '../../support/oracle/order.ts';
import { revenueTables } from '../../support/oracle/revenue.ts';
import { rawText } from '../../support/oracle/text.ts';
import { expectThat } from '../violation.ts';
import type { World } from '../world.ts';
import type { SeenEpoch } from './epoch-checker.ts';
import type { SeenRecord } from './seen.ts';

type Row = Readonly<Record<string, unknown>>;

const ROW_TABLES = ['orders', 'cancelled', 'duplicates', 'late', 'quarantine'] as const;
const CUMULATIVE = ['daily_revenue', 'hourly_revenue', 'product_revenue', 'top_products'] as const;

const TABLE_OF = {
  active: 'orders',
  cancelled: 'cancelled',
  duplicate: 'duplicates',
  late: 'late',
  quarantined: 'quarantine',
} as const;

/**
 * Invariants 6, 7 and 9 over what is stored: every file of every epoch is read back and held
 * against the logs as they were seen.
 */
export async function checkTables(world: World): Promise<void> {
  const { epochs } = world.observer.epochs;
  const active: Order[] = [];
  const allActive = epochs.flatMap((_, index) => activeOf(world, index));
  for (const [index, epoch] of epochs.entries()) {
    const { customers, products } = await dimensionsOf(world, epoch.plan);
    active.push(...activeOf(world, index));
    await world.observer.epochs.checkFiles(epoch.manifest, [...ROW_TABLES, 'window_revenue']);
    if (epoch.manifest.complete) checkComplete(epochs.slice(0, index + 1));
    await checkRowTables(world, index, customers, products);
    const { windowLengthMs } = epoch.plan;
    const lookUp = (id: string) => products.found.get(id) ?? products.miss;
    const windows = revenueTables(allActive, lookUp, windowLengthMs).window_revenue;
    await checkRows(world, epoch, 'window_revenue', windows.filter(isFinalIn(epoch.plan)));
    if (index + 1 < epochs.length) continue;
    // Cumulative tables of earlier epochs may be swept up.
    const expected = revenueTables(active, lookUp, windowLengthMs);
    await world.observer.epochs.checkFiles(epoch.manifest, CUMULATIVE);
    for (const table of CUMULATIVE) await checkRows(world, epoch, table, expected[table]);
    await checkTotals(world, epoch, expected.product_revenue);
  }
}

/** It lists the files of its own epoch and of all since the complete one before. */
function checkComplete(epochs: readonly SeenEpoch[]): void {
  const [newest, ...earlier] = epochs.toReversed().map(({ manifest }) => manifest);
  const end = earlier.findIndex(({ complete }) => complete);
  const since = end < 0 ? earlier : earlier.slice(0, end);
  for (const table of [...ROW_TABLES, 'window_revenue'] as const) {
    const keysOf = ({ tables }: StreamManifest) => tables[table].files.map(({ key }) => key);
    const listed = new Set(keysOf(newest));
    const missing = since.flatMap(keysOf).filter((key) => !listed.has(key));
    expectThat(missing.length === 0, '9', () => `epoch ${newest.epoch} leaves out ${missing}`);
  }
}

function activeOf(world: World, index: number): Order[] {
  return world.observer.epochs
    .recordsOfEpoch(index)
    .flatMap(({ outcome, order }) => (outcome === 'active' && order !== null ? [order] : []));
}

function isFinalIn({ watermarkMs, previousWatermarkMs }: EpochPlan) {
  return ({ window_end: windowEnd }: Row): boolean => {
    const endMs = Date.parse(String(windowEnd));
    const isNew = previousWatermarkMs === null || endMs > previousWatermarkMs;
    return watermarkMs !== null && endMs <= watermarkMs && isNew;
  };
}

async function dimensionsOf(world: World, { dimensions }: EpochPlan) {
  const read = async (shape: typeof CUSTOMERS, copies: EpochPlan['dimensions']['customers']) => {
    const files: [string, Uint8Array][] = [];
    for (const { key, copyKey } of copies) files.push([key, await world.lake.get(copyKey)]);
    return readDimension(shape, files);
  };
  return {
    customers: await read(CUSTOMERS, dimensions.customers),
    products: await read(PRODUCTS, dimensions.products),
  };
}

async function checkRowTables(
  world: World,
  index: number,
  customers: OracleDimension,
  products: OracleDimension,
): Promise<void> {
  const epoch = world.observer.epochs.epochs[index];
  const records = world.observer.epochs.recordsOfEpoch(index);
  for (const table of ROW_TABLES) {
    const expected = records
      .filter(({ outcome }) => TABLE_OF[outcome] === table)
      .map((record) => rowOf(world, record, customers, products));
    await checkRows(world, epoch, table, expected);
  }
}

function rowOf(
  world: World,
  record: SeenRecord,
  customers: OracleDimension,
  products: OracleDimension,
): Row {
  const { order, outcome, watermarkMs, shardId, sequenceNumber } = record;
  const position = { source: `${world.stream.name}/${shardId}`, sequence_number: sequenceNumber };
  if (order === null) return { ...quarantineRow(record), ...position };
  const derived = derivedColumns(order);
  if (outcome === 'late') {
    return { ...derived, watermark: new Date(watermarkMs ?? 0).toISOString(), ...position };
  }
  if (outcome !== 'active') return { ...derived, ...position };
  const customer = customers.found.get(order.customerId) ?? customers.miss;
  const product = products.found.get(order.productId) ?? products.miss;
  return { ...derived, ...customer, ...product, ...position };
}

const NO_VALUES = {
  order_id: null,
  customer_id: null,
  product_id: null,
  order_timestamp: null,
  quantity: null,
  price: null,
  status: null,
};

function quarantineRow({ data, issues }: SeenRecord): Row {
  const event = readEvent(data);
  return { issues: issues.join(','), raw: rawText(data), ...(event.values ?? NO_VALUES) };
}

/** The files of a table in one epoch hold these rows, each once; their order is that of §3. */
async function checkRows(
  world: World,
  { plan, manifest }: SeenEpoch,
  table: TableName,
  expected: readonly Row[],
): Promise<void> {
  const actual: string[] = [];
  // A complete manifest lists the files of earlier epochs too; each is read with its own.
  const folder = world.observer.epochs.lakeKeys.table(table, plan.epoch);
  const own = manifest.tables[table].files.filter(({ key }) => key.startsWith(folder));
  for (const { key, rows } of own) {
    const before = actual.length;
    for await (const row of readRows(await world.lake.get(key))) actual.push(textOf(row));
    const isWhole = actual.length - before === rows;
    expectThat(isWhole, '7', () => `${key} has ${actual.length - before} rows, not ${rows}`);
  }
  const isInOrder = !ROW_TABLES.some((name) => name === table);
  const texts = expected.map(textOf);
  const [found, wanted] = isInOrder ? [actual, texts] : [actual.sort(), texts.sort()];
  expectThat(found.join('\n') === wanted.join('\n'), isInOrder ? '6' : '7', () => {
    const extra = found.filter((row) => !wanted.includes(row));
    const missing = wanted.filter((row) => !found.includes(row));
    return `${table} of epoch ${plan.epoch}: not expected ${extra}; missing ${missing}`;
  });
}

function textOf(row: Row): string {
  const names = Object.keys(row).sort();
  return JSON.stringify(names.map((name) => [name, row[name]]));
}

async function checkTotals(
  world: World,
  { plan }: SeenEpoch,
  products: readonly Row[],
): Promise<void> {
  const key = world.observer.epochs.lakeKeys.productTotals(plan.epoch);
  const actual = Buffer.from(await world.lake.get(key)).toString();
  const lines = products.map((row) => {
    return `${row.product_id},${row.total_orders},${row.total_revenue}`;
  });
  const expected = ['product_id,total_orders,total_revenue', ...lines, ''].join('\n');
  expectThat(actual === expected, '6', () => `${key} is ${actual}, expected ${expected}`);
}
