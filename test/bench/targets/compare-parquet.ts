/**
 * `node compare-parquet.ts FILE…`: prints `{"digests": [[rows, hash]]}`, equal for files with the
 * same rows.
 */
import { tmpdir } from 'node:os';
import { openDuckDb, quoted } from './duckdb-connection.ts';
import { PARQUET_COLUMNS } from './parquet-columns.ts';
import { sqlType } from './sql-types.ts';

const db = await openDuckDb(tmpdir());
const columns = PARQUET_COLUMNS.map(({ name, type }) => `${name}::${sqlType(type)}`).join(', ');
const digests: string[][] = [];
for (const file of process.argv.slice(2)) {
  const [row] = await db.rows(
    `SELECT count(*), sum(hash(${columns})::HUGEINT) FROM read_parquet(${quoted(file)})`,
  );
  digests.push(row.map(String));
}
process.stdout.write(`${JSON.stringify({ digests })}\n`);
