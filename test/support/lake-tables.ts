import { createHash } from 'node:crypto';
import type { BatchManifest } from '../../lambdas/batch/batch-manifest.ts';
import { tableOf, tablesOf } from '../../lambdas/shared/model/tables.ts';
import { type RowValue, readRows } from '../../lambdas/shared/parquet/reader.ts';
import type { TableFile } from '../../lambdas/shared/parquet/table-file.ts';
import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';

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
      const ofFile = await readFile(lake, file);
      expectInOrder(ofFile, orderOf(table.name), file.key);
      if (table.partitionBy !== null) expectPartition(ofFile, file);
      for (const row of ofFile) rows.push(row);
    }
    tables[table.name] = rows.sort(orderOf(table.name));
  }
  return tables;
}

async function readFile(lake: ObjectStore, file: TableFile): Promise<TableRow[]> {
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

function orderOf(table: Parameters<typeof tableOf>[1]): RowOrder {
  const { sortedBy, columns } = tableOf('batch', table);
  const kinds = new Map(columns.map(({ name, type }) => [name, type.kind]));
  return (a, b) => {
    for (const { column, descending } of sortedBy) {
      const sign = compareValues(a[column], b[column], kinds.get(column));
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
  const isWhole = key.includes(`/order_date=${day}/`) && rows.every((r) => r.order_date === day);
  if (!isWhole) throw new Error(`${key} holds rows of other days than ${day}`);
}
