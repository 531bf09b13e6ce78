/** The day that a text names. */
export interface FoundDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const MONTH_NAMES =
  'january february march april may june july august september october november december';
const DAY_NAMES = 'monday tuesday wednesday thursday friday saturday sunday';

const anyOf = (words: readonly string[]) => `(?:${words.join('|')})`;

/** The directives of strptime that are suggested; groups have the names of their meaning. */
const DIRECTIVES: Readonly<Record<string, string>> = {
  Y: String.raw`(?<year>\d{4})`,
  y: String.raw`(?<shortYear>\d\d)`,
  m: '(?<month>0?[1-9]|1[0-2])',
  b: `(?<monthName>${anyOf(MONTHS)})`,
  B: `(?<monthName>${anyOf(MONTH_NAMES.split(' '))})`,
  d: String.raw`(?<day>0?[1-9]|[12]\d|3[01])`,
  a: anyOf(DAY_NAMES.split(' ').map((name) => name.slice(0, 3))),
  A: anyOf(DAY_NAMES.split(' ')),
  H: String.raw`(?:[01]?\d|2[0-3])`,
  I: '(?:0?[1-9]|1[0-2])',
  M: String.raw`[0-5]\d`,
  S: String.raw`[0-5]\d`,
  f: String.raw`\d{1,9}`,
  p: '(?:am|pm)',
  z: String.raw`(?:z|[+-]\d\d(?::?\d\d)?)`,
  Z: '[a-z]{2,5}',
  s: String.raw`(?<seconds>\d{9,10})`,
};

/** As POSIX has it: 69 to 99 are of the last century. */
const FIRST_OF_LAST_CENTURY = 69;

const MS_PER_SEC = 1000;

/**
 * Reads the day of texts by a strptime pattern; null if a text has another form, or names no day
 * that there is. Knows the directives that are suggested; names are English, in upper or lower
 * case.
 */
export function timeMatcher(pattern: string): (text: string) => FoundDay | null {
  const source = pattern.replace(/%(.)|[^%]/gs, (part, letter: string | undefined) => {
    if (letter !== undefined) return DIRECTIVES[letter];
    return part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  });
  const form = new RegExp(`^${source}$`, 'i');
  return (text) => {
    const groups = form.exec(text)?.groups;
    if (groups === undefined) return null;
    return groups.seconds === undefined ? namedDay(groups) : dayAt(Number(groups.seconds));
  };
}

function namedDay(groups: Readonly<Record<string, string | undefined>>): FoundDay | null {
  const short = Number(groups.shortYear ?? 0);
  const century = short >= FIRST_OF_LAST_CENTURY ? 1900 : 2000;
  const year = groups.year === undefined ? century + short : Number(groups.year);
  const name = groups.monthName?.slice(0, 3).toLowerCase();
  const month = name === undefined ? Number(groups.month) : MONTHS.indexOf(name) + 1;
  const day = Number(groups.day);
  const isThere = new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
  return isThere && year >= 1970 && year < 2200 ? { year, month, day } : null;
}

function dayAt(seconds: number): FoundDay {
  const date = new Date(seconds * MS_PER_SEC);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
  };
}
