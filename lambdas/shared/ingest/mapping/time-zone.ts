import { UsageError } from '../../model/errors.ts';
import { MAX_INSTANT_MS, MS_PER_DAY } from '../../model/time.ts';
import { isTimeZone } from '../../model/time-zone.ts';
import { INVALID_TIME } from '../timestamp.ts';

/**
 * Local times of IANA time zones. The rules are those of the runtime; they are asked once for each
 * stretch of about a year, so that a value costs a few comparisons.
 */

/**
 * The instant of a local time, both in milliseconds since 1970 (the local one as if it were UTC).
 * Of two instants the earlier; `INVALID_TIME` if clocks never showed that time, or if the instant
 * is not in the years 1970 to 2199.
 */
export type LocalClock = (localMs: number) => number;

const SECOND_MS = 1_000;
/** Local and UTC time differ by less. */
const MARGIN_MS = 2 * MS_PER_DAY;
/**
 * How often the runtime is asked. Between two changes of a zone lie seven days at least (those of
 * Brazil in 2000, tz database 2025b), so none hides another.
 */
const STEP_MS = 3 * MS_PER_DAY;
/** Local times are looked up in stretches of this length; with both margins a multiple of steps. */
const STRETCH_MS = 401 * MS_PER_DAY;
const FIRST_LOCAL_MS = -MARGIN_MS;
const LAST_LOCAL_MS = MAX_INSTANT_MS + MARGIN_MS;

/**
 * What a zone has during one stretch: `offsetsMs[i]`, local time less UTC, holds for instants in
 * `[fromMs[i], fromMs[i + 1])`. The first begins, and the last ends, at no time in particular.
 */
interface Stretch {
  readonly fromMs: readonly number[];
  readonly offsetsMs: readonly number[];
}

const clocks = new Map<string, LocalClock>();

/**
 * The clock of an IANA time zone; the same one for the same name, as it keeps what it asked the
 * runtime. Throws `UsageError` for a name that `isTimeZone` refuses.
 */
export function localClockOf(name: string): LocalClock {
  const known = clocks.get(name);
  if (known !== undefined) return known;
  if (!isTimeZone(name)) {
    throw new UsageError('config_invalid', `timeZone "${name}" is no IANA time zone`);
  }
  const clock = createClock(formatOf(name));
  clocks.set(name, clock);
  return clock;
}

function createClock(format: Intl.DateTimeFormat): LocalClock {
  const stretches: (Stretch | undefined)[] = [];
  return (localMs) => {
    if (!(localMs >= FIRST_LOCAL_MS && localMs < LAST_LOCAL_MS)) return INVALID_TIME;
    const index = Math.floor((localMs - FIRST_LOCAL_MS) / STRETCH_MS);
    let stretch = stretches[index];
    if (stretch === undefined) {
      stretch = readStretch(format, FIRST_LOCAL_MS + index * STRETCH_MS);
      stretches[index] = stretch;
    }
    const { fromMs, offsetsMs } = stretch;
    // In order of time, so that the first instant found is the earlier one.
    for (let i = 0; i < offsetsMs.length; i++) {
      const instantMs = localMs - offsetsMs[i];
      if (instantMs >= fromMs[i] && instantMs < fromMs[i + 1]) {
        return instantMs >= 0 && instantMs <= MAX_INSTANT_MS ? instantMs : INVALID_TIME;
      }
    }
    return INVALID_TIME;
  };
}

/** Asks at each step, and looks closer where two steps differ. */
function readStretch(format: Intl.DateTimeFormat, localStartMs: number): Stretch {
  const lastMs = localStartMs + STRETCH_MS + MARGIN_MS;
  const fromMs = [Number.NEGATIVE_INFINITY];
  let beforeMs = localStartMs - MARGIN_MS;
  const offsetsMs = [offsetMsAt(format, beforeMs)];
  for (let atMs = beforeMs + STEP_MS; atMs <= lastMs; atMs += STEP_MS) {
    const offsetMs = offsetMsAt(format, atMs);
    if (offsetMs !== offsetsMs.at(-1)) {
      fromMs.push(changeBetween(format, beforeMs, atMs));
      offsetsMs.push(offsetMs);
    }
    beforeMs = atMs;
  }
  fromMs.push(Number.POSITIVE_INFINITY);
  return { fromMs, offsetsMs };
}

/** The second at which the offset that holds at `highMs` begins; at `lowMs` another one holds. */
function changeBetween(format: Intl.DateTimeFormat, lowMs: number, highMs: number): number {
  const offsetMs = offsetMsAt(format, highMs);
  let low = lowMs / SECOND_MS;
  let high = highMs / SECOND_MS;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetMsAt(format, middle * SECOND_MS) === offsetMs) high = middle;
    else low = middle;
  }
  return high * SECOND_MS;
}

/** Local time less UTC at an instant that is a whole second. */
function offsetMsAt(format: Intl.DateTimeFormat, instantMs: number): number {
  let [year, month, day, hour, minute, second] = [0, 0, 0, 0, 0, 0];
  for (const { type, value } of format.formatToParts(instantMs)) {
    if (type === 'year') year = Number(value);
    else if (type === 'month') month = Number(value);
    else if (type === 'day') day = Number(value);
    else if (type === 'hour') hour = Number(value);
    else if (type === 'minute') minute = Number(value);
    else if (type === 'second') second = Number(value);
  }
  return Date.UTC(year, month - 1, day, hour, minute, second) - instantMs;
}

/** A fixed language and calendar, as nothing may depend on those of the machine. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
}
