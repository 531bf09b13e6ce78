import { AMOUNT, type ColumnDraft, INT64, nullable, numbered, required, STRING } from './column.ts';
import { DIMENSIONS } from './dimension.ts';
import { ORDER_FIELDS } from './order.ts';
import { ORDER_COLUMNS } from './tables.ts';

/** The fields of an order beside its id; a quarantined record has none. */
const ORDER_VALUES = ORDER_COLUMNS.filter(
  ({ name }) => name !== 'order_id' && ORDER_FIELDS.some((field) => field === name),
).map((column): ColumnDraft => ({ ...column, isNullable: true }));

const JOINED = DIMENSIONS.flatMap(({ columns }) => columns).map(
  (column, index): ColumnDraft => ({
    ...column,
    description: index === 0 ? 'joined, of active records' : 'joined',
  }),
);

/**
 * The columns of reconcile's report (contract §5). A row is a record with a difference, or a cell
 * of a revenue table; the columns of the other kind are null.
 */
export const REPORT_COLUMNS = numbered([
  required('class', STRING, 'why it differs (contract §5)'),
  nullable('order_id', STRING, 'of a record; null for a cell'),
  nullable('side', STRING, 'batch or stream: where the record was read'),
  nullable('outcome', STRING, 'what became of the record there'),
  nullable('source', STRING, 'position: object key, or <stream>/<shardId>'),
  nullable('source_offset', INT64, 'position in batch'),
  nullable('sequence_number', STRING, 'position in the stream'),
  ...ORDER_VALUES,
  nullable('issues', STRING, 'of a quarantined record'),
  nullable('effect_cents', INT64, 'what the record adds to batch revenue − stream revenue'),
  ...JOINED,
  nullable('table', STRING, 'of a cell; manifest: the totals of the publications'),
  nullable('cell', STRING, 'its key'),
  nullable('batch_orders', INT64, 'as the batch table says; null without a row'),
  nullable('batch_revenue', AMOUNT, 'as the batch table says'),
  nullable('stream_orders', INT64, 'as the stream table says; null without a row'),
  nullable('stream_revenue', AMOUNT, 'as the stream table says'),
  nullable('explained_orders', INT64, 'the difference that the order ids explain'),
  nullable('explained_revenue', AMOUNT, 'the difference that the order ids explain'),
  nullable('differs', STRING, 'fields that differ between both sides, with both values'),
]);
