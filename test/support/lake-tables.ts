import { createHash } from 'node:crypto';
import type { BatchManifest } from '../../lambdas/batch/run/batch-manifest.ts';
import { type Table, tablesOf } from '../../lambdas/shared/model/tables.ts';
import { type RowValue, readRows } from '../../lambdas/shared/parquet/reader.ts';
import type { TableFile } from '../../lambdas/shared/parquet/table-file.ts';
import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';
import { tableFilesAsOf } from '../../lambdas/shared/state/manifest-chain.ts';
import type { StreamManifest } from '../../lambdas/shared/state/stream-manifest.ts';

export type TableRow = Readonly<Record<string, RowValue>>;
export type Tables = Readonly<Record<string, readonly TableRow[]>>;

/**
 * The rows of every table that a manifest names, in the order of contract §3 over all files of a
 * table. Fails where a file differs from its entry in the manifest, or its rows are not in order.
 */
export async function readTables(lake: ObjectStore, manifest: BatchManifest): Promise<Tables> {
  const tables: Record<string, TableRow[]> = {};
  for (const table of tablesOf('batch')) {
    const rows: TableRow[] = [];
    for (const file of manifest.tables[table.name].files) {
      for (const row of await readFile(lake, table, file)) rows.push(row);
    }
    tables[table.name] = rows.sort(orderOf(table));
  }
  return tables;
}

/**
 * The same for the stream, as of a manifest. Fails also where the chain of manifests names a file
 * twice.
 */
export async function readStreamTables(lake: ObjectStore, newest: StreamManifest): Promise<Tables> {
  const tables: Record<string, TableRow[]> = {};
  for (const table of tablesOf('stream')) {
    const rows: TableRow[] = [];
    const keys = new Set<string>();
    for await (const file of tableFilesAsOf(lake, newest, table.name)) {
      if (keys.has(file.key)) throw new Error(`${file.key} is named twice`);
      keys.add(file.key);
      for (const row of await readFile(lake, table, file)) rows.push(row);
    }
    tables[table.name] = rows.sort(orderOf(table));
  }
  return tables;
}

async function readFile(lake: ObjectStore, table: Table, file: TableFile): Promise<TableRow[]> {
  const rows = await readRowsOf(lake, file);
  expectInOrder(rows, orderOf(table), file.key);
  if (table.partitionBy !== null) expectPartition(rows, file);
  return rows;
}

async function readRowsOf(lake: ObjectStore, file: TableFile): Promise<TableRow[]> {
  const bytes = await lake.get(file.key);
  const rows: TableRow[] = [];
  for await (const row of readRows(bytes)) rows.push(row);
  const found = {
    bytes: bytes.length,
    rows: rows.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
  const stated = { bytes: file.bytes, rows: file.rows, sha256: file.sha256 };
  if (JSON.stringify(found) !== JSON.stringify(stated)) {
    throw new Error(`${file.key} is ${JSON.stringify(found)}, not ${JSON.stringify(stated)}`);
  }
  if (rows.length === 0) throw new Error(`${file.key} has no rows`);
  return rows;
}

type RowOrder = (a: TableRow, b: TableRow) => number;

function orderOf({ sortedBy, columns }: Table): RowOrder {
  const kinds = new Map(columns.map(({ name, type }) => [name, type.kind]));
  return (a, b) => {
    for (const { column, descending } of sortedBy) {
      const kind = column === 'sequence_number' ? 'int64' : kinds.get(column);
      const sign = compareValues(a[column], b[column], kind);
      if (sign !== 0) return descending === true ? -sign : sign;
    }
    return 0;
  };
}

function compareValues(a: RowValue, b: RowValue, kind: string | undefined): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (kind === 'decimal' || kind === 'int64') {
    const integer = (value: RowValue) => BigInt(String(value).replace('.', ''));
    return Number(integer(a) - integer(b));
  }
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}

function expectInOrder(rows: readonly TableRow[], order: RowOrder, key: string): void {
  for (let i = 1; i < rows.length; i++) {
    if (order(rows[i - 1], rows[i]) >= 0) {
      throw new Error(`rows ${i - 1} and ${i} of ${key} are not in order`);
    }
  }
}

function expectPartition(rows: readonly TableRow[], { key, partition }: TableFile): void {
  const day = partition?.order_date;
  const isWhole = key.includes(`/day=${day}/`) && rows.every((r) => r.order_date === day);
  if (!isWhole) throw new Error(`${key} holds rows of other days than ${day}`);
}
