import { MS_PER_DAY } from '../../shared/model/time.ts';
import { windowStart } from '../../shared/rules/windows.ts';
import type { CellTable } from './difference.ts';

/** `[sinceMs, untilMs)` of event time, whole windows; without an end it is infinite there. */
export interface Period {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** The period as requested; null: no limit. */
export interface PeriodOption {
  readonly sinceMs: number | null;
  readonly untilMs: number | null;
}

const ALL_TIME: Period = {
  sinceMs: Number.NEGATIVE_INFINITY,
  untilMs: Number.POSITIVE_INFINITY,
};

/** True for the period without limits, in which tables and manifests can be compared as a whole. */
export const isAllTime = ({ sinceMs, untilMs }: Period) => sinceMs === -untilMs;

/** True if an instant lies in the period `[since, until)`. */
export const isInPeriod = ({ sinceMs, untilMs }: Period, timeMs: number) =>
  timeMs >= sinceMs && timeMs < untilMs;

/**
 * Moves both ends back to the start of their window, so that adjacent periods share no order and
 * leave none out.
 */
export function cutPeriod({ sinceMs, untilMs }: PeriodOption, windowLengthMs: number): Period {
  return {
    sinceMs: sinceMs === null ? ALL_TIME.sinceMs : windowStart(sinceMs, windowLengthMs),
    untilMs: untilMs === null ? ALL_TIME.untilMs : windowStart(untilMs, windowLengthMs),
  };
}

/**
 * True if the tables have the cell exactly as it is in the period: its windows, and days wholly
 * inside it. For other cells only the orders' rows can tell. `order` is the start of the window, or
 * the day.
 */
export function isTableCell(period: Period, table: CellTable, order: number): boolean {
  if (isAllTime(period)) return true;
  if (table === 'window_revenue') return isInPeriod(period, order);
  return table === 'daily_revenue' && isDayWholeIn(period, order);
}

/** True if the whole UTC day, counted from 1970-01-01, lies in the period. */
export function isDayWholeIn({ sinceMs, untilMs }: Period, day: number): boolean {
  return day * MS_PER_DAY >= sinceMs && (day + 1) * MS_PER_DAY <= untilMs;
}
