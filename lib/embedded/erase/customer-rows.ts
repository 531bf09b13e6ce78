import { isMissing, trimmedEnd, trimmedStart } from '../../../lambdas/shared/bytes/bytes.ts';
import { readDimension } from '../../../lambdas/shared/dimensions/read-dimension.ts';
import type { DimensionForm } from '../../../lambdas/shared/ingest/mapping/input-form.ts';
import type { SpanBatch } from '../../../lambdas/shared/ingest/span-batch.ts';
import { parseEpochDay } from '../../../lambdas/shared/ingest/timestamp.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';

/** What orders are joined with of a customer; the day counts from 1970-01-01. */
export interface CustomerValues {
  readonly customer_name: string | null;
  readonly customer_email: string | null;
  readonly customer_segment: string | null;
  readonly registration_date: number | null;
}

export const CUSTOMER_COLUMNS = [
  'customer_name',
  'customer_email',
  'customer_segment',
  'registration_date',
] as const satisfies readonly (keyof CustomerValues)[];

export const NOTHING_KNOWN: CustomerValues = {
  customer_name: null,
  customer_email: null,
  customer_segment: null,
  registration_date: null,
};

/** True if all columns of two customers' values are equal, nulls included. */
export function areEqual(a: CustomerValues, b: CustomerValues): boolean {
  return CUSTOMER_COLUMNS.every((column) => a[column] === b[column]);
}

export interface CustomerRow extends CustomerValues {
  /** Offset of its first byte in the uncompressed file. */
  readonly offset: number;
}

/**
 * Every row of a customer in a file of the dimension, including rows overridden by an earlier one,
 * which are personal data too. Throws `TerminalError` `dimension_rejected` if it is no customers
 * file, and the errors of reading it.
 */
export async function customerRowsIn(
  store: Pick<ObjectStore, 'stream'>,
  file: { readonly key: string; readonly etag?: string; readonly form: DimensionForm },
  customerId: string,
): Promise<CustomerRow[]> {
  const { key, etag, form } = file;
  const stored = store.stream(key, etag === undefined ? {} : { ifMatch: etag });
  const rows: CustomerRow[] = [];
  await readDimension(stored, { key, form }, (batch, baseOffset) => {
    for (let index = 0; index < batch.recordCount; index++) {
      if (textOf(batch, 0, index) !== customerId) continue;
      rows.push({ offset: baseOffset + batch.recordStart[index], ...valuesOf(batch, index) });
    }
  });
  return rows;
}

function valuesOf(batch: SpanBatch, index: number): CustomerValues {
  const [from, to] = spanOf(batch, 4, index);
  const day = to < 0 ? Number.NaN : parseEpochDay(batch.bytes, from, to);
  return {
    customer_name: textOf(batch, 1, index),
    customer_email: textOf(batch, 2, index),
    customer_segment: textOf(batch, 3, index),
    registration_date: Number.isNaN(day) ? null : day,
  };
}

function textOf(batch: SpanBatch, field: number, index: number): string | null {
  const [from, to] = spanOf(batch, field, index);
  return to < 0
    ? null
    : new TextDecoder('utf-8', { ignoreBOM: true }).decode(batch.bytes.subarray(from, to));
}

/** Trimmed; an end of -1: there is no value (contract §2). */
function spanOf({ bytes, starts, ends }: SpanBatch, field: number, index: number) {
  const start = starts[field][index];
  const end = start < 0 ? -1 : ends[field][index];
  const from = trimmedStart(bytes, start, end);
  const to = trimmedEnd(bytes, from, end);
  return isMissing(bytes, from, to) ? [from, -1] : [from, to];
}
