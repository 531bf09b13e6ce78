import type { KernelArena } from '../kernels/kernel-arena.ts';
import { MS_PER_DAY } from '../model/time.ts';
import { OUTCOMES, TABLE_OF_OUTCOME } from '../rules/outcome.ts';
import { placeOf } from './order-rows.ts';
import type { RowBlock, RowSource } from './row-source.ts';
import type { RowsKernel } from './rows-kernel.ts';

/** A table that holds valid records. */
export type RowTable = Exclude<
  (typeof TABLE_OF_OUTCOME)[keyof typeof TABLE_OF_OUTCOME],
  'quarantine'
>;

/** Rows of one file, in order of their numbers. */
export interface TableRows {
  readonly table: RowTable;
  /** Since 1970, of event time in UTC; null: the table has no partitions. */
  readonly day: number | null;
  readonly rows: Uint32Array;
}

/** Where the kernel works. */
export interface SplitMemory {
  readonly kernel: RowsKernel;
  /** Holds the result. */
  readonly arena: KernelArena;
  /** By row: its index in `OUTCOMES`, one byte. */
  readonly outcomesAt: number;
  /** Room for two words per row. */
  readonly roomAt: number;
}

const WORD_BYTES = 4;

/** The groups of one outcome: one per day, or one for all. */
interface OutcomeGroups {
  readonly table: (typeof TABLE_OF_OUTCOME)[keyof typeof TABLE_OF_OUTCOME];
  readonly first: number;
  readonly isByDay: boolean;
}

/**
 * Splits rows by outcome, orders and cancelled ones by day too (contract §3); quarantined ones are
 * left out. Tables are in the order of `OUTCOMES`, days ascending. It is a counting sort over days,
 * of which there are 84,006 between 1970 and 2199.
 */
export function splitRows(source: RowSource, memory: SplitMemory): TableRows[] {
  const { kernel, arena, roomAt } = memory;
  const { rowCount, blocks } = source;
  const days = dayRange(blocks);
  const dayCount = days.last - days.first + 1;
  const { outcomes, groupCount } = groupsOf(dayCount);
  const endsAt = arena.take((groupCount + 2) * WORD_BYTES);
  const ends = arena.memory.uint32s(endsAt, groupCount + 2).fill(0);
  const groupsAt = roomAt + rowCount * WORD_BYTES;
  const places = { groupsAt, endsAt, groupOfOutcomeAt: placeGroups(outcomes, arena) };
  for (const block of blocks) groupRows(block, days.first, memory, places);
  kernel.orderRows(groupsAt, rowCount, groupCount + 1, endsAt, roomAt);

  const files: TableRows[] = [];
  for (const { table, first, isByDay } of outcomes) {
    if (table === 'quarantine') continue;
    for (let group = first; group < first + (isByDay ? dayCount : 1); group++) {
      const from = group === 0 ? 0 : ends[group - 1];
      if (ends[group] === from) continue;
      const day = isByDay ? days.first + group - first : null;
      const rows = arena.memory.uint32s(roomAt + from * WORD_BYTES, ends[group] - from);
      files.push({ table, day, rows });
    }
  }
  return files;
}

function groupsOf(dayCount: number): { outcomes: OutcomeGroups[]; groupCount: number } {
  let groupCount = 0;
  const outcomes = OUTCOMES.map((outcome) => {
    const table = TABLE_OF_OUTCOME[outcome];
    const isByDay = table === 'orders' || table === 'cancelled';
    const first = groupCount;
    groupCount += isByDay ? dayCount : 1;
    return { table, first, isByDay };
  });
  return { outcomes, groupCount };
}

/** As the kernel reads them: two words per outcome. */
function placeGroups(outcomes: readonly OutcomeGroups[], arena: KernelArena): number {
  const at = arena.take(outcomes.length * 2 * WORD_BYTES);
  const words = outcomes.flatMap(({ first, isByDay }) => [first, Number(isByDay)]);
  arena.memory.uint32s(at, words.length).set(words);
  return at;
}

function dayRange(blocks: readonly RowBlock[]): { first: number; last: number } {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { earliestMs, latestMs } of blocks) {
    first = Math.min(first, Math.floor(earliestMs / MS_PER_DAY));
    last = Math.max(last, Math.floor(latestMs / MS_PER_DAY));
  }
  return last < first ? { first: 0, last: 0 } : { first, last };
}

/** Says the group of each row of a block, and counts it one place further. */
function groupRows(
  { baseRow, rowCount, baseTimeMs, columns }: RowBlock,
  firstDay: number,
  { kernel, outcomesAt }: SplitMemory,
  places: {
    readonly groupsAt: number;
    readonly endsAt: number;
    readonly groupOfOutcomeAt: number;
  },
): void {
  kernel.groupRows(
    ...placeOf(columns.time, 0),
    outcomesAt + baseRow,
    rowCount,
    firstDay * MS_PER_DAY - baseTimeMs,
    places.groupOfOutcomeAt,
    places.groupsAt + baseRow * WORD_BYTES,
    places.endsAt,
  );
}
