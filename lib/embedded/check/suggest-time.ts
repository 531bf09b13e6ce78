import { advice, fitText, ofField, type Suggestion, type SuggestionContext } from './suggestion.ts';
import { type FoundDay, timeMatcher } from './time-matcher.ts';

const DATES = [
  ...['%d.%m.%Y', '%d/%m/%Y', '%m/%d/%Y', '%d-%m-%Y', '%m-%d-%Y', '%Y/%m/%d', '%Y.%m.%d'],
  ...['%d.%m.%y', '%d/%m/%y', '%m/%d/%y', '%Y-%m-%d', '%Y%m%d', '%d %b %Y', '%d-%b-%Y'],
  ...['%b %d, %Y', '%b %d %Y', '%a, %d %b %Y', '%d %B %Y', '%B %d, %Y', '%A, %d %B %Y'],
];
const TIMES = [
  ...['', ' %H:%M', ' %H:%M:%S', ' %I:%M %p', ' %I:%M:%S %p', ', %H:%M', ', %H:%M:%S'],
  ...[', %I:%M %p', ', %I:%M:%S %p', 'T%H:%M:%S', 'T%H:%M', ' %H:%M:%S %z', ' %H:%M %z'],
  ...['T%H:%M:%S%z', ' %H:%M:%S %Z', ' %H:%M:%S.%f', ' %H:%M:%S,%f', 'T%H:%M:%S,%f'],
  ...[' %H.%M', ' %H.%M.%S', '-%H.%M.%S', ' %H%M', ' %H%M%S', '%H%M%S', 'T%H%M%S', 'T%H%M%SZ'],
];

/** Patterns of strptime that are tried; simpler ones first, as the first of equals is suggested. */
const PATTERNS = ['%s', ...DATES.flatMap((date) => TIMES.map((time) => date + time))];
const MATCHERS = PATTERNS.map((pattern) => ({ pattern, match: timeMatcher(pattern) }));

/** A file that mixes more forms than that is better mended. */
const MAX_PATTERNS = 3;

/** Values that every pattern is tried with; all others are tried with the chosen ones. */
const TRIED_VALUES = 200;

/** How times have to be read that are none in Tandem's own form, by the values refused. */
export function suggestTime(
  values: readonly string[],
  context: SuggestionContext,
): Suggestion | null {
  const texts = [...new Set(values.map((value) => value.trim()))];
  const chosen = coveringPatterns(texts);
  if (chosen.length === 0) return otherwise(texts);
  const matchers = chosen.map((pattern) => timeMatcher(pattern));
  const isFitting = (text: string) => matchers.some((match) => match(text) !== null);
  const fitting = texts.filter(isFitting);
  const known = context.mapping?.fields.order_timestamp?.format ?? ['auto'];
  const kept = context.isWholeFile ? [] : known;
  const patterns = [...kept, ...chosen];
  const format = patterns.length === 1 ? patterns[0] : patterns;
  const text =
    `${fitting[0]} is ${dayText(chosen[0], fitting[0])}${doubtOf(chosen, texts)}` +
    `${fitText(fitting.length, texts.length)}; times without a zone are UTC unless timeZone says ` +
    'another';
  return ofField(text, 'order_timestamp', { format }, context);
}

/** The pattern that fits most, then the one that fits most of the rest, and so on. */
function coveringPatterns(texts: readonly string[]): string[] {
  const patterns: string[] = [];
  let rest = texts.slice(0, TRIED_VALUES);
  while (patterns.length < MAX_PATTERNS && rest.length > 0) {
    const counts = MATCHERS.map(({ match }) => rest.filter((text) => match(text) !== null).length);
    const most = Math.max(...counts);
    if (most === 0) break;
    const { pattern, match } = MATCHERS[counts.indexOf(most)];
    patterns.push(pattern);
    rest = rest.filter((text) => match(text) === null);
  }
  return patterns;
}

function dayText(pattern: string, text: string): string {
  const day = timeMatcher(pattern)(text);
  return day === null ? pattern : shownDay(day);
}

function shownDay({ year, month, day }: FoundDay): string {
  const digits = (value: number, length: number) => String(value).padStart(length, '0');
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;
}

/** Says where day and month could be meant the other way round. */
function doubtOf(patterns: readonly string[], texts: readonly string[]): string {
  for (const pattern of patterns) {
    const swapped = swappedPattern(pattern);
    if (swapped === null) continue;
    const [own, other] = [timeMatcher(pattern), timeMatcher(swapped)];
    const fitting = texts.filter((text) => own(text) !== null);
    if (!fitting.every((text) => other(text) !== null)) continue;
    const otherDay = other(fitting[0]);
    const reading = otherDay === null ? '' : `, or ${shownDay(otherDay)}`;
    return `${reading}: no value has a day above 12, so ask whether ${swapped} is meant`;
  }
  return '';
}

function swappedPattern(pattern: string): string | null {
  const swapped = pattern
    .replace(/%d([./-])%m\1/, '%M0$1%D0$1')
    .replace(/%m([./-])%d\1/, '%d$1%m$1')
    .replace('%M0', '%m')
    .replace('%D0', '%d');
  return swapped === pattern ? null : swapped;
}

function otherwise(texts: readonly string[]): Suggestion | null {
  if (texts.every((text) => /^\d{5}(?:[.,]\d+)?$/.test(text))) {
    return advice('these are days since 1900, as a spreadsheet counts: export the column as text');
  }
  if (texts.every((text) => /^\d{13}$/.test(text))) {
    return advice('these are milliseconds since 1970: export seconds (format: "%s"), or a date');
  }
  return null;
}
