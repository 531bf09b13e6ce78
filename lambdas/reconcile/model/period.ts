import { MS_PER_DAY } from '../../shared/model/time.ts';
import { windowStart } from '../../shared/rules/stream-times.ts';
import type { CellTable } from './difference.ts';

/** `[sinceMs, untilMs)` of event time, whole windows; without an end it is infinite there. */
export interface Period {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** As it was asked for; null: no limit. */
export interface PeriodOption {
  readonly sinceMs: number | null;
  readonly untilMs: number | null;
}

export const ALL_TIME: Period = {
  sinceMs: Number.NEGATIVE_INFINITY,
  untilMs: Number.POSITIVE_INFINITY,
};

export const isAllTime = ({ sinceMs, untilMs }: Period) => sinceMs === -untilMs;

export const isInPeriod = ({ sinceMs, untilMs }: Period, timeMs: number) =>
  timeMs >= sinceMs && timeMs < untilMs;

/**
 * Both ends go back to the start of their window: so two periods that meet share no order and leave
 * none out.
 */
export function cutPeriod({ sinceMs, untilMs }: PeriodOption, windowLengthMs: number): Period {
  return {
    sinceMs: sinceMs === null ? ALL_TIME.sinceMs : windowStart(sinceMs, windowLengthMs),
    untilMs: untilMs === null ? ALL_TIME.untilMs : windowStart(untilMs, windowLengthMs),
  };
}

/**
 * Whether the tables have a cell as it is in the period: windows of the period, and days that lie
 * in it as a whole. What other cells hold of the period only the rows of its orders can say.
 * `order` is the start of the window, or the day.
 */
export function isTableCell(period: Period, table: CellTable, order: number): boolean {
  if (isAllTime(period)) return true;
  if (table === 'window_revenue') return isInPeriod(period, order);
  return table === 'daily_revenue' && isDayWholeIn(period, order);
}

export function isDayWholeIn({ sinceMs, untilMs }: Period, day: number): boolean {
  return day * MS_PER_DAY >= sinceMs && (day + 1) * MS_PER_DAY <= untilMs;
}
