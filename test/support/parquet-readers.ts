import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Column } from '../../lambdas/shared/model/column.ts';
import { readRows } from '../../lambdas/shared/parquet/reader.ts';

/** Rows as every reader's answer is compared: a text or null per column. */
export type TextRows = (string | null)[][];

/** Our reader, which stands on hyparquet. */
export async function readWithTandem(file: Uint8Array): Promise<TextRows> {
  const rows: TextRows = [];
  for await (const row of readRows(file)) {
    rows.push(Object.values(row).map((value) => (value === null ? null : String(value))));
  }
  return rows;
}

/** An instant as milliseconds: how DuckDB shows one depends on the session's time zone. */
function duckDbExpression(column: Column): string {
  const name = `"${column.name}"`;
  return column.type.kind === 'timestamp' ? `epoch_ms(${name})::VARCHAR` : `${name}::VARCHAR`;
}

export async function readWithDuckDb(path: string, columns: readonly Column[]): Promise<TextRows> {
  const list = columns.map(duckDbExpression).join(', ');
  const rows = await queryDuckDb(`SELECT ${list} FROM read_parquet('${path}')`);
  return rows.map((row) =>
    row.map((value, index) =>
      value !== null && columns[index].type.kind === 'timestamp'
        ? new Date(Number(value)).toISOString()
        : (value as string | null),
    ),
  );
}

/** One statement in a DuckDB of its own. */
export async function queryDuckDb(sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRows() as unknown[][];
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** What `read-parquet.py` prints of a file. */
export interface PyArrowView {
  readonly rows: TextRows;
  readonly row_count: number;
  readonly row_groups: number;
  readonly created_by: string;
  readonly key_values: Readonly<Record<string, string>>;
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly physical: string;
    readonly logical: string;
    readonly converted: string;
    readonly nullable: boolean;
    readonly field_id: number;
  }[];
  readonly chunks: readonly {
    readonly name: string;
    readonly rows: number;
    readonly encodings: readonly string[];
    readonly codec: string;
    readonly min: string | number | null;
    readonly max: string | number | null;
    readonly nulls: number;
  }[];
}

const root = fileURLToPath(new URL('../..', import.meta.url));

const venvPython = `${root}.venv/bin/python`;

/**
 * The interpreter that has pyarrow and the other readers: `TANDEM_PYTHON`, or the project's
 * `.venv`; null where there is neither.
 */
const python = process.env.TANDEM_PYTHON ?? (existsSync(venvPython) ? venvPython : null);

/** Tests with pyarrow run where there is one, and always in CI: there they fail without it. */
export const hasPyArrow = python !== null || process.env.CI !== undefined;

const PYARROW_MISSING =
  'needs a Python with test/support/requirements.txt: python3 -m venv .venv && ' +
  '.venv/bin/pip install -r test/support/requirements.txt, or TANDEM_PYTHON';

/** The name of a test with pyarrow, which says why where it is skipped. */
export function pyArrowTitle(title: string): string {
  return hasPyArrow ? title : `${title} (skipped: ${PYARROW_MISSING})`;
}

/** All files in one process: it takes longer to start than to read. */
export function readWithPyArrow(
  paths: readonly string[],
  mode: 'rows' | 'metadata' = 'rows',
): PyArrowView[] {
  if (python === null) throw new Error(PYARROW_MISSING);
  const script = `${root}test/support/read-parquet.py`;
  const output = execFileSync(python, [script, mode, ...paths], { maxBuffer: 256 * 1024 * 1024 });
  return JSON.parse(output.toString()) as PyArrowView[];
}

/** What a program sees of a table, by `read-tables.py`. */
export interface TableView {
  readonly rows: number;
  /** Of `total_amount`. */
  readonly sum: string;
  /** The smallest `order_timestamp`. */
  readonly first: string;
  /** Of `order_date`. */
  readonly dates: readonly string[];
}

/** The folder of a table and its files, each read by a program with its default options. */
export function readTableWith(
  engine: string,
  table: { readonly folder: string; readonly files: readonly string[] },
): { readonly folder: TableView; readonly files: TableView } {
  if (python === null) throw new Error(PYARROW_MISSING);
  const script = `${root}test/support/read-tables.py`;
  const request = JSON.stringify({ engine, ...table });
  return JSON.parse(execFileSync(python, [script, request]).toString());
}

interface ParquetJsReader {
  getCursor(): { next(): Promise<Record<string, unknown> | null> };
  close(): Promise<void>;
}

// The package's ES module bundle fails to load.
const { ParquetReader } = createRequire(import.meta.url)('parquetjs-lite') as {
  ParquetReader: { openFile(path: string): Promise<ParquetJsReader> };
};

/**
 * Knows PLAIN pages, snappy and no codec, but neither DECIMAL nor timestamps: leave such columns
 * out.
 */
export async function readWithParquetJs(
  path: string,
  columns: readonly Column[],
): Promise<TextRows> {
  const reader = await ParquetReader.openFile(path);
  const cursor = reader.getCursor();
  const rows: TextRows = [];
  for (let row = await cursor.next(); row !== null; row = await cursor.next()) {
    const record = row;
    rows.push(columns.map((column) => parquetJsText(column, record[column.name])));
  }
  await reader.close();
  return rows;
}

function parquetJsText(column: Column, value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (!(value instanceof Date)) return String(value);
  return column.type.kind === 'date' ? value.toISOString().slice(0, 10) : value.toISOString();
}
