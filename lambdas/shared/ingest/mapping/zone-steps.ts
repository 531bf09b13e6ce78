import { COLON, MINUS, PLUS, UPPER_Z } from '../../bytes/bytes.ts';
import { digitAt, NO_MATCH, OFFSET_MS, type Parts, type Step } from './pattern-steps.ts';

/** Steps (`pattern-steps.ts`) for the zone that a time names. */

const MAX_OFFSET_MINUTES = 14 * 60;
const MS_PER_MINUTE = 60_000;

/** `Z`, `±HH`, `±HHMM` or `±HH:MM`, at most 14 hours, as Tandem's own form has it (contract §2). */
export function offsetStep(parts: Parts): Step {
  return (bytes, start, end) => {
    const sign = start < end ? bytes[start] : 0;
    if (sign === UPPER_Z) {
      parts[OFFSET_MS] = 0;
      return start + 1;
    }
    if (sign !== PLUS && sign !== MINUS) return NO_MATCH;
    const hours = twoDigits(bytes, start + 1, end);
    let at = start + 3;
    let minutes = 0;
    const minutesAt = at < end && bytes[at] === COLON ? at + 1 : at;
    if (digitAt(bytes, minutesAt, end) >= 0) {
      minutes = twoDigits(bytes, minutesAt, end);
      at = minutesAt + 2;
    }
    const offsetMinutes = hours * 60 + minutes;
    if (hours < 0 || minutes < 0 || minutes > 59 || offsetMinutes > MAX_OFFSET_MINUTES) {
      return NO_MATCH;
    }
    parts[OFFSET_MS] = (sign === PLUS ? offsetMinutes : -offsetMinutes) * MS_PER_MINUTE;
    return at;
  };
}

/** -1 if there are no two digits. */
function twoDigits(bytes: Uint8Array, at: number, end: number): number {
  const tens = digitAt(bytes, at, end);
  const ones = digitAt(bytes, at + 1, end);
  return tens < 0 || ones < 0 ? -1 : tens * 10 + ones;
}

/**
 * Hours from UTC. Those of RFC 5322 §4.3 mean there what they mean here, and those of Europe mean
 * nothing else. Left out is what means several zones and no standard settles, such as BST and IST.
 */
const HOURS_OF_ZONES = {
  ...{ Z: 0, UT: 0, UTC: 0, GMT: 0 },
  ...{ EST: -5, EDT: -4, CST: -6, CDT: -5, MST: -7, MDT: -6, PST: -8, PDT: -7 },
  ...{ WET: 0, WEST: 1, CET: 1, CEST: 2, EET: 2, EEST: 3 },
};

const UPPER_A = 0x41;
const ZONE_NAME_MAX = 4;

/** A zone's name in capital letters, one of `HOURS_OF_ZONES`. */
export function zoneNameStep(parts: Parts): Step {
  const offsets = new Map(
    Object.entries(HOURS_OF_ZONES).map(([name, hours]) => {
      const letters = [...name].reduce((key, letter) => (key << 8) | letter.charCodeAt(0), 0);
      return [letters, hours * 60 * MS_PER_MINUTE];
    }),
  );
  return (bytes, start, end) => {
    let at = start;
    let letters = 0;
    while (at < end && bytes[at] >= UPPER_A && bytes[at] <= UPPER_Z) {
      if (at - start === ZONE_NAME_MAX) return NO_MATCH;
      letters = (letters << 8) | bytes[at++];
    }
    const offsetMs = offsets.get(letters);
    if (offsetMs === undefined) return NO_MATCH;
    parts[OFFSET_MS] = offsetMs;
    return at;
  };
}
