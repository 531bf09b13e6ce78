import { CANCELLED_STATUS } from '../../shared/model/order.ts';
import { MS_PER_DAY } from '../../shared/model/time.ts';
import type { BucketRows } from './bucket-rows.ts';

/** Rows of one table and day, in order of records. */
export interface DayRows {
  readonly table: 'orders' | 'cancelled';
  readonly day: number;
  readonly rows: Uint32Array;
}

/**
 * Splits the rows that are not duplicates into active and cancelled ones by day of event time (UTC), tables and days
 * ascending: a counting sort over days, of which there are 84,006 between 1970 and 2199. The rows are written into
 * `memory`, which has room for all of the bucket's.
 */
export function splitByDay(
  bucket: BucketRows,
  isDuplicate: Uint8Array,
  memory: Uint32Array,
): DayRows[] {
  const range = dayRange(bucket);
  const dayCount = range.last - range.first + 1;
  const ends = new Uint32Array(dayCount * 2 + 1);
  forEachCounted(bucket, isDuplicate, range, (_row, group) => {
    ends[group + 1]++;
  });
  for (let group = 0; group < dayCount * 2; group++) ends[group + 1] += ends[group];
  const rows = memory;
  forEachCounted(bucket, isDuplicate, range, (row, group) => {
    rows[ends[group]++] = row;
  });
  const days: DayRows[] = [];
  for (let group = 0; group < dayCount * 2; group++) {
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

function dayRange({ slices }: BucketRows): { first: number; last: number } {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { header, rowCount } of slices) {
    if (rowCount === 0) continue;
    first = Math.min(first, Math.floor(header.baseTimeMs / MS_PER_DAY));
    last = Math.max(last, Math.floor(header.maxTimeMs / MS_PER_DAY));
  }
  return last < first ? { first: 0, last: 0 } : { first, last };
}

/** Calls `visit` with the group of each row that is not a duplicate: active ones by day, then cancelled ones by day. */
function forEachCounted(
  { slices }: BucketRows,
  isDuplicate: Uint8Array,
  { first, last }: { first: number; last: number },
  visit: (row: number, group: number) => void,
): void {
  const dayCount = last - first + 1;
  for (const { columns, header, baseRow, rowCount } of slices) {
    const { time, quantityStatus } = columns;
    // Records come by and large in order of time, so most are of the same day as the one before.
    let day = first;
    let dayStart = first * MS_PER_DAY - header.baseTimeMs;
    for (let i = 0; i < rowCount; i++) {
      const sinceDayStart = time[i] - dayStart;
      if (sinceDayStart < 0 || sinceDayStart >= MS_PER_DAY) {
        day = Math.floor((time[i] + header.baseTimeMs) / MS_PER_DAY);
        dayStart = day * MS_PER_DAY - header.baseTimeMs;
      }
      if (isDuplicate[baseRow + i] === 1) continue;
      const isCancelled = (quantityStatus[i] & 3) === CANCELLED_STATUS;
      visit(baseRow + i, day - first + (isCancelled ? dayCount : 0));
    }
  }
}
