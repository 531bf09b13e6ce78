import type { KernelArena } from '../../shared/kernels/kernel-arena.ts';
import { CANCELLED_STATUS, STATUSES } from '../../shared/model/order.ts';
import { MS_PER_DAY } from '../../shared/model/time.ts';
import type { BucketKernel } from './bucket-kernel.ts';
import type { BucketRows, BucketSlice } from './bucket-rows.ts';

/** Rows of one table and day, in order of records. */
export interface DayRows {
  readonly table: 'orders' | 'cancelled';
  readonly day: number;
  readonly rows: Uint32Array;
}

/** Where the kernel finds what it needs. */
export interface RowOrderMemory {
  readonly kernel: BucketKernel;
  readonly arena: KernelArena;
  /** By row of the bucket, 1 for duplicates. */
  readonly isDuplicateAt: number;
  /** Room for two numbers per row: the rows in their new order, and their groups. */
  readonly roomAt: number;
}

const WORD_BYTES = 4;

/**
 * Splits the rows that are not duplicates into active and cancelled ones by day of event time
 * (UTC), tables and days ascending: a counting sort over days, of which there are 84,006 between
 * 1970 and 2199. The result lies in `memory`.
 */
export function splitByDay(bucket: BucketRows, memory: RowOrderMemory): DayRows[] {
  const { kernel, arena, roomAt } = memory;
  const range = dayRange(bucket);
  const dayCount = range.last - range.first + 1;
  // Active ones by day, cancelled ones by day, and one group for the duplicates.
  const groupCount = dayCount * 2;
  const endsAt = arena.take((groupCount + 2) * WORD_BYTES);
  const ends = arena.memory.uint32s(endsAt, groupCount + 2);
  ends.fill(0);
  const rowsAt = roomAt;
  const groupsAt = roomAt + bucket.rowCount * WORD_BYTES;
  const groupOfStatusAt = arena.take(STATUSES.length * WORD_BYTES);
  const groupOfStatus = arena.memory.uint32s(groupOfStatusAt, STATUSES.length);
  groupOfStatus.fill(0);
  groupOfStatus[CANCELLED_STATUS] = dayCount;
  const places = { groupOfStatusAt, groupsAt, countsAt: endsAt };
  for (const slice of bucket.slices) groupRows(slice, range, memory, places);
  kernel.orderRows(groupsAt, bucket.rowCount, groupCount + 1, endsAt, rowsAt);
  const days: DayRows[] = [];
  for (let group = 0; group < groupCount; group++) {
    const from = group === 0 ? 0 : ends[group - 1];
    if (ends[group] === from) continue;
    days.push({
      table: group < dayCount ? 'orders' : 'cancelled',
      day: range.first + (group % dayCount),
      rows: arena.memory.uint32s(rowsAt + from * WORD_BYTES, ends[group] - from),
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
  for (const { header } of slices) {
    if (header.rowCount === 0) continue;
    first = Math.min(first, Math.floor(header.baseTimeMs / MS_PER_DAY));
    last = Math.max(last, Math.floor(header.maxTimeMs / MS_PER_DAY));
  }
  return last < first ? { first: 0, last: 0 } : { first, last };
}

/** Says the group of each row of a slice, and counts it one place further. */
function groupRows(
  { baseRow, rowCount, views }: BucketSlice,
  { first, last }: DayRange,
  { kernel, isDuplicateAt }: RowOrderMemory,
  places: {
    readonly groupOfStatusAt: number;
    readonly groupsAt: number;
    readonly countsAt: number;
  },
): void {
  const { time, quantityStatus } = views.columns;
  const dayCount = last - first + 1;
  kernel.groupRows(
    time.BYTES_PER_ELEMENT,
    time.byteOffset,
    quantityStatus.BYTES_PER_ELEMENT,
    quantityStatus.byteOffset,
    isDuplicateAt + baseRow,
    rowCount,
    first * MS_PER_DAY - views.header.baseTimeMs,
    places.groupOfStatusAt,
    dayCount * 2,
    places.groupsAt + baseRow * WORD_BYTES,
    places.countsAt,
  );
}
