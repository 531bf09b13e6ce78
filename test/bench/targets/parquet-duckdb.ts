/** `node parquet-duckdb.ts FILE`: builds the rows as a table in memory, then COPY, two threads. */
import { tmpdir } from 'node:os';
import { openDuckDb, quoted } from './duckdb-connection.ts';
import { PARQUET_ROWS, rowsSql } from './parquet-rows.ts';
import { preparationSoFar, printPreparation } from './preparation.ts';

const db = await openDuckDb(tmpdir());
// From a table, so that both threads build: range() alone is read by one.
await db.rows(`CREATE TEMP TABLE numbers AS SELECT range AS i FROM range(${PARQUET_ROWS})`);
await db.rows(`CREATE TEMP TABLE orders AS ${rowsSql('numbers')}`);
const preparation = preparationSoFar();
await db.rows(`COPY orders TO ${quoted(process.argv[2])}
  (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, PARQUET_VERSION v2)`);
printPreparation(preparation);
