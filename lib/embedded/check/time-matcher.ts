import { compileTimePatterns } from '../../../lambdas/shared/ingest/mapping/time-pattern.ts';
import { INVALID_TIME } from '../../../lambdas/shared/ingest/timestamp.ts';

/** The day that a text names, in UTC. */
export interface FoundDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** What a text has to look like as well where the reader takes more than one would write. */
const USUAL: Readonly<Record<string, RegExp>> = {
  // Other numbers of seconds are rather a day, or an amount.
  '%s': /^\d{9,10}$/,
  '%b': /(?:^|[^a-z])[a-z]{3}(?:[^a-z]|$)/i,
  '%B': /[a-z]{4}|may/i,
};

/**
 * Reads the day of texts by a strptime pattern, as a run would; null if it would refuse the text,
 * or if nobody would write the text by that pattern.
 */
export function timeMatcher(pattern: string): (text: string) => FoundDay | null {
  const read = compileTimePatterns([pattern], null);
  const forms = Object.entries(USUAL).flatMap(([name, form]) =>
    pattern.includes(name) ? [form] : [],
  );
  return (text) => {
    if (forms.some((form) => !form.test(text))) return null;
    const bytes = Buffer.from(text);
    const timeMs = read(bytes, 0, bytes.length);
    return timeMs === INVALID_TIME ? null : dayOf(new Date(timeMs));
  };
}

function dayOf(date: Date): FoundDay {
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + 1];
  return { year, month, day: date.getUTCDate() };
}
