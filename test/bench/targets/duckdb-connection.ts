import { DuckDBInstance, type Json } from '@duckdb/node-api';

/** DuckDB as the benchmarks use it: in memory, 2 threads as we have 2 workers, no memory limit. */
export interface DuckDb {
  /** Runs a statement and returns its rows. */
  readonly rows: (sql: string) => Promise<Json[][]>;
  /** The count that a COPY or CREATE TABLE AS returns. */
  readonly count: (sql: string) => Promise<number>;
}

export async function openDuckDb(temporaryDir: string): Promise<DuckDb> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson();
  await rows(`SET temp_directory = ${quoted(temporaryDir)}`);
  await rows(`SET memory_limit = '-1'`);
  await rows(`SET TimeZone = 'UTC'`);
  return { rows, count: async (sql) => Number((await rows(sql))[0]?.[0] ?? 0) };
}

/** Text as an SQL literal. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
