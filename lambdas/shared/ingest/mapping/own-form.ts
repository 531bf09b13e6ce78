import { MINUS, PLUS, UPPER_U, UPPER_Z } from '../../bytes/bytes.ts';
import { INVALID_TIME, parseTimestampMs } from '../timestamp.ts';
import type { LocalClock } from './time-zone.ts';

/** `YYYY-MM-DD HH:MM`; what follows is seconds, or a zone. */
const MINUTES_LENGTH = 16;
/** With seconds and nine digits of a fraction. */
const MAX_LENGTH = 29;

/** The widest zones that Tandem's own form has. */
const WIDEST_MS = 14 * 3_600_000;
const WEST = Buffer.from('-14:00');
const EAST = Buffer.from('+14:00');

/**
 * A reader of Tandem's own form (contract §2), as `parseTimestampMs`, with values that name no zone
 * in local time.
 */
export function compileOwnForm(
  clock: LocalClock | null,
): (bytes: Uint8Array, start: number, end: number) => number {
  if (clock === null) return parseTimestampMs;
  return (bytes, start, end) => {
    const timeMs = parseTimestampMs(bytes, start, end);
    if (namesZone(bytes, start, end)) return timeMs;
    return clock(timeMs === INVALID_TIME ? edgeMs(bytes, start, end) : timeMs);
  };
}

/** Of a value in Tandem's own form: seconds have none of these bytes, and every zone has one. */
function namesZone(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start + MINUTES_LENGTH; at < end; at++) {
    const byte = bytes[at];
    if (byte === PLUS || byte === MINUS || byte === UPPER_Z || byte === UPPER_U) return true;
  }
  return false;
}

/**
 * The local time of a value without zone that would be in 1969 or 2200 as UTC, but may be within
 * the years of Tandem where it was written; NaN for all others.
 */
function edgeMs(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > MAX_LENGTH || end - start < MINUTES_LENGTH) return Number.NaN;
  const value = bytes.subarray(start, end);
  for (const [zone, zoneMs] of [
    [WEST, -WIDEST_MS],
    [EAST, WIDEST_MS],
  ] as const) {
    const zoned = new Uint8Array([...value, ...zone]);
    const timeMs = parseTimestampMs(zoned, 0, zoned.length);
    if (timeMs !== INVALID_TIME) return timeMs + zoneMs;
  }
  return Number.NaN;
}
