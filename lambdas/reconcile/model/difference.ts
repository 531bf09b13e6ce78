import type { CodedName } from '../../shared/model/order.ts';
import type { TableName } from '../../shared/model/tables.ts';
import type { Joined } from './record-batch.ts';
import { compareSequenceNumbers, compareText } from './text-order.ts';

/** The classes of contract §5, in its order: a difference falls into the first one that fits. */
export const CLASS_NAMES = [
  'late_in_stream',
  'duplicate_beyond_horizon',
  'different_first',
  'status_changed',
  'dimension_changed',
  'not_in_stream',
  'not_in_batch',
  'window_not_final',
  'unexplained',
] as const;

export type ClassName = (typeof CLASS_NAMES)[number];

/** A record behind a difference. The seven values of a quarantined one are null. */
export interface DifferentRecord extends Readonly<Record<CodedName, string | null>> {
  /** Index in `SIDES`. */
  readonly side: number;
  /** Index in `RECORD_OUTCOMES`. */
  readonly outcome: number;
  readonly source: string;
  /** For the batch side, else null. */
  readonly sourceOffset: number | null;
  /** For the stream side, else null. */
  readonly sequenceNumber: string | null;
  readonly timeMs: number | null;
  readonly quantity: number | null;
  readonly priceCents: number | null;
  readonly totalCents: number | null;
  readonly status: string | null;
  readonly issues: string | null;
  /** What it adds to batch revenue − stream revenue: only active records add something. */
  readonly effectCents: number;
  readonly customer: Joined | null;
  readonly product: Joined | null;
}

export interface CellAmount {
  readonly orders: number;
  readonly cents: bigint;
}

/** What is compared cell by cell: the revenue tables, and the totals of the two manifests. */
export const CELL_TABLES = [
  'manifest',
  'daily_revenue',
  'hourly_revenue',
  'product_revenue',
  'top_products',
  'window_revenue',
] as const satisfies readonly (TableName | 'manifest')[];

export type CellTable = (typeof CELL_TABLES)[number];

export interface DifferentCell {
  readonly table: CellTable;
  /** Day, hour, rank or start of the window, as a number. */
  readonly order: number;
  /** The cell's key as people read it. */
  readonly text: string;
  /** From the batch table; null without a row. */
  readonly batch: CellAmount | null;
  readonly stream: CellAmount | null;
  /** The difference that the order ids explain; null if that is not asked. */
  readonly explained: CellAmount | null;
}

/** A line of the report: one record behind the difference of an order id, or one cell. */
export type DifferenceRow =
  | {
      readonly classIndex: number;
      readonly orderId: string;
      /** The fields in which the two sides differ, of all records of the id together. */
      readonly differs: string | null;
      readonly record: DifferentRecord;
      readonly cell: null;
    }
  | {
      readonly classIndex: number;
      readonly orderId: null;
      readonly record: null;
      readonly cell: DifferentCell;
    };

/**
 * Compares report rows: by class; then ids before cells; then by id and position, or by table and
 * key.
 */
export function compareRows(a: DifferenceRow, b: DifferenceRow): number {
  if (a.classIndex !== b.classIndex) return a.classIndex - b.classIndex;
  if (a.record === null || b.record === null) {
    if (a.cell === null) return -1;
    return b.cell === null ? 1 : compareCells(a.cell, b.cell);
  }
  return compareText(a.orderId, b.orderId) || compareRecords(a.record, b.record);
}

function compareRecords(a: DifferentRecord, b: DifferentRecord): number {
  return (
    a.side - b.side ||
    compareText(a.source, b.source) ||
    (a.sourceOffset ?? 0) - (b.sourceOffset ?? 0) ||
    compareSequenceNumbers(a.sequenceNumber ?? '', b.sequenceNumber ?? '') ||
    a.outcome - b.outcome
  );
}

function compareCells(a: DifferentCell, b: DifferentCell): number {
  const tableOrder = CELL_TABLES.indexOf(a.table) - CELL_TABLES.indexOf(b.table);
  return tableOrder || a.order - b.order || compareText(a.text, b.text);
}

/** True if two rows belong to one difference: the same order id, or the same cell. */
export function isSameDifference(a: DifferenceRow, b: DifferenceRow): boolean {
  return a.cell === null && b.cell === null && a.orderId === b.orderId;
}
