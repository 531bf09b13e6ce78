import { CANCELLED_STATUS, STATUSES } from '../../shared/model/order.ts';
import { MS_PER_DAY } from '../../shared/model/time.ts';
import type { BucketRows, BucketSlice } from './bucket-rows.ts';

/** Rows of one table and day, in order of records. */
export interface DayRows {
  readonly table: 'orders' | 'cancelled';
  readonly day: number;
  readonly rows: Uint32Array;
}

/** Room for all rows of a bucket in each of the two. */
export interface RowOrderMemory {
  /** Takes the rows in their new order. */
  readonly rows: Uint32Array;
  readonly groups: Uint32Array;
}

/**
 * Splits the rows that are not duplicates into active and cancelled ones by day of event time
 * (UTC), tables and days ascending: a counting sort over days, of which there are 84,006 between
 * 1970 and
 * 2199. The result lies in `memory`.
 */
export function splitByDay(
  bucket: BucketRows,
  isDuplicate: Uint8Array,
  memory: RowOrderMemory,
): DayRows[] {
  const { rows, groups } = memory;
  const range = dayRange(bucket);
  const dayCount = range.last - range.first + 1;
  // Active ones by day, cancelled ones by day, and one group for the duplicates.
  const groupCount = dayCount * 2;
  const ends = new Uint32Array(groupCount + 2);
  for (const slice of bucket.slices) groupRows(slice, isDuplicate, range, groups, ends);
  for (let group = 0; group <= groupCount; group++) ends[group + 1] += ends[group];
  for (let row = 0; row < bucket.rowCount; row++) rows[ends[groups[row]]++] = row;
  const days: DayRows[] = [];
  for (let group = 0; group < groupCount; group++) {
    const from = group === 0 ? 0 : ends[group - 1];
    if (ends[group] === from) continue;
    days.push({
      table: group < dayCount ? 'orders' : 'cancelled',
      day: range.first + (group % dayCount),
      rows: rows.subarray(from, ends[group]),
    });
  }
  return days;
}

interface DayRange {
  readonly first: number;
  readonly last: number;
}

function dayRange({ slices }: BucketRows): DayRange {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { header, rowCount } of slices) {
    if (rowCount === 0) continue;
    first = Math.min(first, Math.floor(header.baseTimeMs / MS_PER_DAY));
    last = Math.max(last, Math.floor(header.maxTimeMs / MS_PER_DAY));
  }
  return last < first ? { first: 0, last: 0 } : { first, last };
}

/** Says the group of each row of a slice, and counts it one place further in `counts`. */
function groupRows(
  { columns, header, baseRow, rowCount }: BucketSlice,
  isDuplicate: Uint8Array,
  { first, last }: DayRange,
  groups: Uint32Array,
  counts: Uint32Array,
): void {
  const { time, quantityStatus } = columns;
  const dayCount = last - first + 1;
  const groupOfStatus = new Uint32Array(STATUSES.length);
  groupOfStatus[CANCELLED_STATUS] = dayCount;
  const firstDayStart = first * MS_PER_DAY - header.baseTimeMs;
  // Records come by and large in order of time, so most are of the same day as the one before.
  let day = 0;
  let dayStart = firstDayStart;
  for (let i = 0; i < rowCount; i++) {
    const sinceDayStart = time[i] - dayStart;
    if (sinceDayStart < 0 || sinceDayStart >= MS_PER_DAY) {
      day = Math.floor((time[i] - firstDayStart) / MS_PER_DAY);
      dayStart = firstDayStart + day * MS_PER_DAY;
    }
    const row = baseRow + i;
    const group =
      isDuplicate[row] === 1 ? dayCount * 2 : day + groupOfStatus[quantityStatus[i] & 3];
    groups[row] = group;
    counts[group + 1] += 1;
  }
}
