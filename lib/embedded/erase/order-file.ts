import type { DimensionForm } from '../../../lambdas/shared/ingest/mapping/input-form.ts';
import { cleanUpOnFailure } from '../../../lambdas/shared/model/errors.ts';
import { tableOf } from '../../../lambdas/shared/model/tables.ts';
import { type ColumnRows, readColumns } from '../../../lambdas/shared/parquet/column-reader.ts';
import { rowGroupOf, type StoredRow } from '../../../lambdas/shared/parquet/row-values.ts';
import type { ParquetSource } from '../../../lambdas/shared/parquet/stored-values.ts';
import { type TableFile, TableFileWriter } from '../../../lambdas/shared/parquet/table-file.ts';
import type { ParquetOptions } from '../../../lambdas/shared/parquet/writer.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import { areEqual, CUSTOMER_COLUMNS, type CustomerValues } from './customer-rows.ts';

/** Whom a command is about, and what rows of that customer are to say. */
export interface Erasure {
  readonly customerId: string;
  readonly wanted: CustomerValues;
  /** How a copy of customers may be written. */
  readonly customerForms: readonly DimensionForm[];
}

const ORDERS = tableOf('stream', 'orders');
const LOOKED_AT = ['customer_id', ...CUSTOMER_COLUMNS];

/** Number of the customer's rows in a file of orders that differ from what is wanted. */
export async function staleRowsIn(
  source: ParquetSource,
  fileName: string,
  erasure: Erasure,
): Promise<number> {
  let count = 0;
  for await (const rows of readColumns(source, LOOKED_AT, fileName)) {
    count += staleRows(rows, erasure).length;
  }
  return count;
}

function staleRows(rows: ColumnRows, { customerId, wanted }: Erasure): number[] {
  const found: number[] = [];
  // A report has rows without a customer.
  for (const [row, id] of rows.textsOrNull('customer_id').entries()) {
    if (id === customerId) found.push(row);
  }
  if (found.length === 0) return found;
  const names = rows.textsOrNull('customer_name');
  const emails = rows.textsOrNull('customer_email');
  const segments = rows.textsOrNull('customer_segment');
  const days = rows.numbersOrNull('registration_date');
  return found.filter((row) => {
    const values = {
      customer_name: names[row] ?? null,
      customer_email: emails[row] ?? null,
      customer_segment: segments[row] ?? null,
      registration_date: days[row],
    };
    return !areEqual(values, wanted);
  });
}

/**
 * Writes a file's rows in the same order under another key, with the customer's values replaced.
 * Throws `PreconditionFailedError` if the key is taken.
 */
export async function rewriteOrders(
  lake: ObjectStore,
  source: ParquetSource,
  file: TableFile & { readonly newKey: string },
  erasure: Erasure,
  parquet: ParquetOptions,
): Promise<TableFile> {
  const { newKey: key, partition } = file;
  const writer = new TableFileWriter(lake, ORDERS, parquet, { key, partition });
  return await cleanUpOnFailure(
    async () => {
      const names = ORDERS.columns.map(({ name }) => name);
      for await (const rows of readColumns(source, names, file.key)) {
        await writer.write(rowGroupOf(ORDERS.columns, erasedRows(rows, erasure)));
      }
      return await writer.close();
    },
    () => writer.abort(),
  );
}

function erasedRows(rows: ColumnRows, { customerId, wanted }: Erasure): StoredRow[] {
  const columns = ORDERS.columns.map(({ name, type }) => {
    const isText = type.kind === 'string';
    const values = isText ? rows.textsOrNull(name) : rows.numbersOrNull(name);
    return { name, values };
  });
  return Array.from({ length: rows.rowCount }, (_, row) => {
    const stored = Object.fromEntries(
      columns.map(({ name, values }) => [name, values[row] ?? null]),
    );
    return stored.customer_id === customerId ? { ...stored, ...wanted } : stored;
  });
}
