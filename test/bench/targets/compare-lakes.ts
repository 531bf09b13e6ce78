/**
 * `node compare-lakes.ts LAKE OUT`: are the tables of our current run and those of
 * `batch-duckdb.ts` equal, every cell of every row? Prints `{"tables": {name: rows}, "differences":
 * [text]}`. A position is compared as the number of its record.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Column } from '../../../lambdas/shared/model/column.ts';
import { type Table, tablesOf } from '../../../lambdas/shared/model/tables.ts';
import { type DuckDb, openDuckDb, quoted } from './duckdb-connection.ts';
import { sqlType } from './sql-types.ts';

type Side = 'ours' | 'theirs';

const SIDES: readonly Side[] = ['ours', 'theirs'];
const OFFSET_COLUMNS = ['source_offset', 'kept_source_offset'];

await main(process.argv[2], process.argv[3]);

async function main(lake: string, out: string): Promise<void> {
  const db = await openDuckDb(join(out, 'tmp'));
  const tables = tablesOf('batch');
  for (const table of tables) {
    await createView(db, 'ours', table, manifestFiles(lake, table.name));
    await createView(db, 'theirs', table, outFiles(out, table));
  }
  const rowTables = tables.filter((table) => hasOffset(table));
  for (const side of SIDES) await numberRecords(db, side, rowTables);
  const rowCounts: Record<string, number> = {};
  const differences: string[] = [];
  for (const table of tables) {
    const [ours, theirs] = [await digest(db, 'ours', table), await digest(db, 'theirs', table)];
    rowCounts[table.name] = Number(ours[0]);
    if (ours.join() === theirs.join()) continue;
    differences.push(await describeDifference(db, table, ours[0], theirs[0]));
  }
  process.stdout.write(`${JSON.stringify({ tables: rowCounts, differences })}\n`);
}

function manifestFiles(lake: string, tableName: string): string[] {
  const readJson = (key: string) => JSON.parse(readFileSync(join(lake, key), 'utf8'));
  const manifest = readJson(readJson('manifests/batch/CURRENT.json').manifest);
  const files: { key: string }[] = manifest.tables[tableName]?.files ?? [];
  return files.map((file) => join(lake, file.key));
}

function outFiles(out: string, table: Table): string[] {
  const name = table.partitionBy === null ? `${table.name}.parquet` : `${table.name}/*/*.parquet`;
  return existsSync(join(out, name.split('/')[0])) ? [join(out, name)] : [];
}

function hasOffset(table: Table): boolean {
  return table.columns.some((column) => column.name === 'source_offset');
}

/** Both sides with the types of the table's definition, so that equal values have equal hashes. */
async function createView(
  db: DuckDb,
  side: Side,
  table: Table,
  files: readonly string[],
): Promise<void> {
  const columns = table.columns.map((column) =>
    files.length === 0
      ? `NULL::${sqlType(column.type)} AS ${column.name}`
      : `${column.name}::${sqlType(column.type)} AS ${column.name}`,
  );
  const from =
    files.length === 0
      ? 'WHERE false'
      : `FROM read_parquet([${files.map(quoted).join(', ')}], hive_partitioning = false)`;
  await db.rows(
    `CREATE TEMP VIEW ${viewName(side, table)} AS SELECT ${columns.join(', ')} ${from}`,
  );
}

/**
 * Every record is in exactly one row table: in the order of positions they have the numbers 0, 1, …
 * of the file.
 */
async function numberRecords(db: DuckDb, side: Side, tables: readonly Table[]): Promise<void> {
  const positions = tables.map(
    (table) => `SELECT source, source_offset FROM ${viewName(side, table)}`,
  );
  await db.rows(`CREATE TEMP TABLE ${side}_record AS
    SELECT source, source_offset, row_number() OVER (ORDER BY source, source_offset) AS record
    FROM (${positions.join(' UNION ALL ')})`);
}

/** Row count and the sum of the rows' hashes: the same for the same rows in any order. */
async function digest(db: DuckDb, side: Side, table: Table): Promise<readonly string[]> {
  const names = table.columns.map((column) => column.name).join(', ');
  const [row] = await db.rows(
    `SELECT count(*), coalesce(sum(hash(${names})::HUGEINT), 0) FROM (${numbered(side, table)})`,
  );
  return row.map(String);
}

async function describeDifference(
  db: DuckDb,
  table: Table,
  ourRows: string,
  theirRows: string,
): Promise<string> {
  const only = async (side: Side, other: Side) => {
    const sql = `${numbered(side, table)} EXCEPT ALL ${numbered(other, table)}`;
    return JSON.stringify(await db.rows(`SELECT * FROM (${sql}) LIMIT 2`));
  };
  return (
    `${table.name}: ${ourRows} rows against ${theirRows}; ` +
    `only ours ${await only('ours', 'theirs')}; only theirs ${await only('theirs', 'ours')}`
  );
}

function numbered(side: Side, table: Table): string {
  const view = viewName(side, table);
  const names = table.columns.map((column) => numberedColumn(view, column));
  const joins = table.columns
    .filter((column) => OFFSET_COLUMNS.includes(column.name))
    .map(({ name }) => {
      const source = name.replace('_offset', '');
      const record = `${side}_record AS of_${name}`;
      return `JOIN ${record} ON of_${name}.source = ${view}.${source}
        AND of_${name}.source_offset = ${view}.${name}`;
    });
  return `SELECT ${names.join(', ')} FROM ${view} ${joins.join(' ')}`;
}

function numberedColumn(view: string, { name }: Column): string {
  return OFFSET_COLUMNS.includes(name) ? `of_${name}.record AS ${name}` : `${view}.${name}`;
}

function viewName(side: Side, table: Table): string {
  return `${side}_${table.name}`;
}
