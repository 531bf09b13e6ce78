import { DIGIT_0, DOT, SPACE } from '../../bytes/bytes.ts';
import { afterBlanks } from './blanks.ts';

/**
 * Readers of the parts of a time, one for each directive. A step reads from `at` on and returns
 * where it ends, or `NO_MATCH`; what it reads it puts into its pattern's parts.
 */
export type Step = (bytes: Uint8Array, at: number, end: number) => number;

/** What a step returns where its part is not. */
export const NO_MATCH = -1;

/** Parts of a time, each at a place of its own. What a pattern does not name stays as it is. */
export type Parts = Float64Array;

export const YEAR = 0;
export const MONTH = 1;
export const DAY = 2;
/** 1 to 366; 0: month and day count. */
export const DAY_OF_YEAR = 3;
/** 1 = Sunday, as `dayOfWeek` has it; 0: none is named. */
export const WEEKDAY = 4;
export const HOUR = 5;
/** 12 in the afternoon. */
export const HALF = 6;
export const MINUTE = 7;
export const SECOND = 8;
export const MILLISECOND = 9;
/** Local time less UTC. */
export const OFFSET_MS = 10;
/** Milliseconds since 1970. */
export const EPOCH_MS = 11;

/** Parts of a pattern before any value is read: a day's midnight, UTC. */
export function emptyParts(): Parts {
  return new Float64Array(12);
}

/** Past every second that counts, and exact in milliseconds. */
const MAX_EPOCH_DIGITS = 12;

/** The digit at `at`; -1 if there is none before `end`. */
export function digitAt(bytes: Uint8Array, at: number, end: number): number {
  const digit = at < end ? bytes[at] - DIGIT_0 : -1;
  return digit >= 0 && digit <= 9 ? digit : -1;
}

/** A number of a time, and the part that it goes to. */
export interface NumberField {
  readonly part: number;
  readonly digitsMin: number;
  /** Further digits belong to what follows. */
  readonly digitsMax: number;
  readonly min: number;
  readonly max: number;
  /** The byte that follows; `SPACE`: one blank or more; `NO_DELIMITER`: none. */
  readonly delimiter: number;
}

/** Of a number that something else follows than one byte. */
export const NO_DELIMITER = -1;

/** Numbers one after the other. One step for all: a call for each would double the time. */
export function numbersStep(parts: Parts, fields: readonly NumberField[]): Step {
  const limits = new Int32Array(
    fields.flatMap((field) => {
      const { part, digitsMin, digitsMax, min, max, delimiter } = field;
      return [part, digitsMin, digitsMax, min, max, delimiter];
    }),
  );
  return (bytes, start, end) => {
    let at = start;
    for (let i = 0; i < limits.length; i += 6) {
      const from = at;
      const last = Math.min(from + limits[i + 2], end);
      let value = 0;
      while (at < last) {
        const digit = bytes[at] - DIGIT_0;
        if (digit < 0 || digit > 9) break;
        value = value * 10 + digit;
        at++;
      }
      if (at - from < limits[i + 1] || value < limits[i + 3] || value > limits[i + 4]) {
        return NO_MATCH;
      }
      parts[limits[i]] = value;
      const delimiter = limits[i + 5];
      if (delimiter === NO_DELIMITER) continue;
      const after = delimiter === SPACE ? afterBlanks(bytes, at, end) : at + 1;
      const isThere = delimiter === SPACE ? after > at : at < end && bytes[at] === delimiter;
      if (!isThere) return NO_MATCH;
      at = after;
    }
    return at;
  };
}

/** 1 to 9 digits of a second; those past the millisecond are cut. */
export function fractionStep(parts: Parts): Step {
  return (bytes, start, end) => {
    let at = start;
    let milliseconds = 0;
    let unit = 100;
    for (let digit = digitAt(bytes, at, end); digit >= 0; digit = digitAt(bytes, at, end)) {
      milliseconds += digit * unit;
      unit = unit === 100 ? 10 : unit === 10 ? 1 : 0;
      if (++at - start > 9) return NO_MATCH;
    }
    parts[MILLISECOND] = milliseconds;
    return at === start ? NO_MATCH : at;
  };
}

/** Seconds since 1970, with or without `.` and a fraction. */
export function epochStep(parts: Parts): Step {
  const readFraction = fractionStep(parts);
  return (bytes, start, end) => {
    let at = start;
    let seconds = 0;
    for (let digit = digitAt(bytes, at, end); digit >= 0; digit = digitAt(bytes, at, end)) {
      seconds = seconds * 10 + digit;
      if (++at - start > MAX_EPOCH_DIGITS) return NO_MATCH;
    }
    if (at === start) return NO_MATCH;
    const hasFraction = at < end && bytes[at] === DOT && digitAt(bytes, at + 1, end) >= 0;
    if (hasFraction) at = readFraction(bytes, at + 1, end);
    parts[EPOCH_MS] = seconds * 1000 + (hasFraction ? parts[MILLISECOND] : 0);
    return at;
  };
}

/** One space or none: `%e` is padded with one. */
export const paddingStep: Step = (bytes, at, end) =>
  at < end && bytes[at] === SPACE ? at + 1 : at;

/** One blank or more. */
export const blanksStep: Step = (bytes, start, end) => {
  const at = afterBlanks(bytes, start, end);
  return at === start ? NO_MATCH : at;
};

/** A text as it stands. */
export function literalStep(text: string): Step {
  const literal = new Uint8Array(Buffer.from(text));
  if (literal.length === 1) {
    const [only] = literal;
    return (bytes, at, end) => (at < end && bytes[at] === only ? at + 1 : NO_MATCH);
  }
  return (bytes, start, end) => {
    const after = start + literal.length;
    if (after > end) return NO_MATCH;
    for (let i = 0; i < literal.length; i++) {
      if (bytes[start + i] !== literal[i]) return NO_MATCH;
    }
    return after;
  };
}
