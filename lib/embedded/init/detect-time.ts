import { parseTimestampMs } from '../../../lambdas/shared/ingest/timestamp.ts';

/** The order of day and month where both are numbers and the year comes last. */
export type DateOrder = 'dmy' | 'mdy';

/** What the values of a column say of their form. */
export interface TimeResult {
  /** strptime patterns, most frequent first; `auto` is the form of contract §2. */
  readonly formats: readonly string[];
  /** Values that were counted, and those that none of the formats reads. */
  readonly values: number;
  readonly unread: number;
  /** A value that none of the formats reads. */
  readonly unreadExample: string | null;
  /** No value says which of day and month comes first, and no order was asked for. */
  readonly isAmbiguous: boolean;
  /** Values, of those that are read, that name no zone. */
  readonly withoutZone: number;
  /** No value has a time of day. */
  readonly isDayOnly: boolean;
  readonly example: string | null;
}

interface Pattern {
  readonly format: string;
  readonly regex: RegExp;
  readonly order: DateOrder | null;
  readonly hasZone: boolean;
  readonly hasTime: boolean;
}

const DAY = '(?:0?[1-9]|[12]\\d|3[01])';
const MONTH = '(?:0?[1-9]|1[0-2])';
const NAME =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|' +
  'sep(?:tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)';
const WEEKDAY = '(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*';
const ESCAPED: Readonly<Record<string, string>> = { '/': '\\/', '.': '\\.', '-': '-', ' ': ' +' };

/** Day parts: the pattern, its regular expression, and the order of day and month. */
function dayParts(): [string, string, DateOrder | null][] {
  const parts: [string, string, DateOrder | null][] = [];
  for (const [mark, escaped] of Object.entries(ESCAPED)) {
    if (mark === ' ') continue;
    parts.push([`%Y${mark}%m${mark}%d`, `\\d{4}${escaped}${MONTH}${escaped}${DAY}`, null]);
    for (const [year, digits] of [
      ['%Y', '\\d{4}'],
      ['%y', '\\d{2}'],
    ]) {
      const [d, m] = [`%d${mark}%m${mark}${year}`, `%m${mark}%d${mark}${year}`];
      parts.push([d, `${DAY}${escaped}${MONTH}${escaped}${digits}`, 'dmy']);
      parts.push([m, `${MONTH}${escaped}${DAY}${escaped}${digits}`, 'mdy']);
    }
  }
  parts.push(['%Y%m%d', '(?:19|20|21)\\d\\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])', null]);
  for (const [mark, escaped] of Object.entries(ESCAPED)) {
    parts.push([`%d${mark}%b${mark}%Y`, `${DAY}${escaped}${NAME}${escaped}\\d{4}`, null]);
    parts.push([`%d${mark}%b${mark}%y`, `${DAY}${escaped}${NAME}${escaped}\\d{2}`, null]);
  }
  parts.push(['%b %d, %Y', `${NAME} +${DAY}, +\\d{4}`, null]);
  parts.push(['%b %d %Y', `${NAME} +${DAY} +\\d{4}`, null]);
  parts.push(['%a, %d %b %Y', `${WEEKDAY}, +${DAY} +${NAME} +\\d{4}`, null]);
  return parts;
}

const TIMES: readonly [string, string][] = [
  ['', ''],
  ['%H:%M', '(?:[01]?\\d|2[0-3]):[0-5]?\\d'],
  ['%H:%M:%S', '(?:[01]?\\d|2[0-3]):[0-5]?\\d:[0-5]?\\d'],
  ['%H:%M:%S.%f', '(?:[01]?\\d|2[0-3]):[0-5]?\\d:[0-5]?\\d\\.\\d{1,9}'],
  ['%I:%M %p', '(?:0?[1-9]|1[0-2]):[0-5]?\\d +[ap]m'],
  ['%I:%M:%S %p', '(?:0?[1-9]|1[0-2]):[0-5]?\\d:[0-5]?\\d +[ap]m'],
  ['%I:%M%p', '(?:0?[1-9]|1[0-2]):[0-5]?\\d[ap]m'],
];
const BETWEEN: readonly [string, string][] = [
  [' ', ' +'],
  ['T', 'T'],
  [', ', ', +'],
];
const ZONES: readonly [string, string][] = [
  ['', ''],
  ['%z', '(?:Z|[+-]\\d\\d:?(?:\\d\\d)?)'],
  [' %z', ' +[+-]\\d\\d:?(?:\\d\\d)?'],
  [' %Z', ' +(?:UTC|GMT)'],
];

function allPatterns(): Pattern[] {
  const patterns: Pattern[] = [];
  for (const [day, dayRegex, order] of dayParts()) {
    for (const [time, timeRegex] of TIMES) {
      for (const [gap, gapRegex] of time === '' ? [['', '']] : BETWEEN) {
        for (const [zone, zoneRegex] of time === '' ? [['', '']] : ZONES) {
          const regex = new RegExp(`^${dayRegex}${gapRegex}${timeRegex}${zoneRegex}$`, 'i');
          const format = `${day}${gap}${time}${zone}`;
          patterns.push({ format, regex, order, hasZone: zone !== '', hasTime: time !== '' });
        }
      }
    }
  }
  const epoch = { order: null, hasZone: true, hasTime: true };
  patterns.push({ format: '%s', regex: /^1\d{9}(?:\.\d{1,9})?$/, ...epoch });
  return patterns;
}

/** Ordered by preference: `%m` before names, so that the plainer one of two equal ones is taken. */
let cachedPatterns: readonly Pattern[] | null = null;

const AUTO_WITH_ZONE = /(?:Z|UTC|[+-]\d\d(?::?\d\d)?)$/;
/** Anything else is no time, and needs no look at the patterns. */
const CANDIDATE = /^(?:(?:[a-z]{3,9},? +)?\d{1,4}[-/. ]|[a-z]{3,9} +\d|\d{8}(?!\d)|1\d{9}(?!\d))/i;
/** Values of forms that are no pattern are tried against all of them only so often. */
const MAX_TRIED = 500;
/** No time is longer. */
const MAX_LENGTH = 64;
const MAX_TRIED_OF_SHAPE = 20;

/** Counts which patterns read the values of a column; memory does not grow with them. */
export class TimeForms {
  readonly #counts = new Map<Pattern, number>();
  readonly #encoder = new TextEncoder();
  readonly #bytes = new Uint8Array(MAX_LENGTH * 3);
  #values = 0;
  #auto = 0;
  #autoWithoutZone = 0;
  #unknownExample: string | null = null;
  #tried = 0;
  #example: string | null = null;
  readonly #mixed = new Map<string, number>();

  /** Looks at a trimmed value that is not missing. */
  add(value: string): void {
    this.#values++;
    this.#example ??= value;
    const { written: end } = this.#encoder.encodeInto(value, this.#bytes);
    if (value.length <= MAX_LENGTH && parseTimestampMs(this.#bytes, 0, end) >= 0) {
      this.#auto++;
      if (!AUTO_WITH_ZONE.test(value)) this.#autoWithoutZone++;
      return;
    }
    let isKnown = false;
    for (const [pattern, count] of this.#counts) {
      if (!pattern.regex.test(value)) continue;
      this.#counts.set(pattern, count + 1);
      isKnown = true;
    }
    if (!isKnown) this.#addUnknown(value);
  }

  /**
   * The formats that read most values. `order` decides where no value does; values that only the
   * other order reads count as unread.
   */
  result(order: DateOrder | null): TimeResult {
    const ordered = this.#orders();
    const decided = decideOrder(ordered, order);
    const usable = [...this.#counts].filter(
      ([p, count]) => count > 0 && (p.order === null || p.order === decided.order),
    );
    usable.sort(([, a], [, b]) => b - a);
    const formats = usable.map(([pattern]) => pattern);
    const readOthers = sumOf(usable);
    const names = formats.map(({ format }) => format);
    const without = sumOf(usable.filter(([pattern]) => !pattern.hasZone));
    return {
      formats: this.#auto > 0 || names.length === 0 ? ['auto', ...names] : names,
      values: this.#values,
      unread: Math.max(0, this.#values - this.#auto - readOthers),
      unreadExample: this.#unknownExample,
      isAmbiguous: decided.isAmbiguous,
      withoutZone: this.#autoWithoutZone + without,
      isDayOnly: this.#auto === 0 && formats.length > 0 && formats.every((p) => !p.hasTime),
      example: this.#example,
    };
  }

  #addUnknown(value: string): void {
    if (!CANDIDATE.test(value)) {
      this.#unknownExample ??= value;
      return;
    }
    const shape = value.replace(/\d/g, '0').replace(/[a-z]+/gi, 'a');
    const tries = this.#mixed.get(shape) ?? 0;
    const mayTry = this.#tried < MAX_TRIED && tries < MAX_TRIED_OF_SHAPE;
    let isKnown = false;
    if (mayTry) {
      this.#tried++;
      this.#mixed.set(shape, tries + 1);
      cachedPatterns ??= allPatterns();
      for (const pattern of cachedPatterns) {
        if (!pattern.regex.test(value)) continue;
        this.#counts.set(pattern, 1);
        const other = otherOrder(pattern, cachedPatterns);
        if (other !== null && !this.#counts.has(other)) this.#counts.set(other, 0);
        isKnown = true;
      }
    }
    if (!isKnown) this.#unknownExample ??= value;
  }

  #orders(): Record<DateOrder, number> {
    const sums = { dmy: 0, mdy: 0 };
    for (const [{ order }, count] of this.#counts) if (order !== null) sums[order] += count;
    return sums;
  }
}

/** A value that only one order reads decides; both read all: nobody can know. */
function decideOrder(
  { dmy, mdy }: Record<DateOrder, number>,
  wanted: DateOrder | null,
): { order: DateOrder | null; isAmbiguous: boolean } {
  if (wanted !== null) return { order: wanted, isAmbiguous: false };
  if (dmy === mdy) return { order: null, isAmbiguous: dmy > 0 };
  return { order: dmy > mdy ? 'dmy' : 'mdy', isAmbiguous: false };
}

function sumOf(counted: readonly (readonly [Pattern, number])[]): number {
  return counted.reduce((sum, [, count]) => sum + count, 0);
}

/** The pattern with day and month the other way round; both are counted from the same value on. */
function otherOrder({ format, order }: Pattern, all: readonly Pattern[]): Pattern | null {
  if (order === null) return null;
  const swapped = format.replace(/%[dm]/g, (part) => (part === '%d' ? '%m' : '%d'));
  return all.find((pattern) => pattern.format === swapped) ?? null;
}

/** Values that say a time of day, such as `09:05` or `09:05:00`. */
export const TIME_OF_DAY = /^(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?: ?[ap]m)?$/i;

/** What a column of times of day adds to the pattern of a day. */
export function timeOfDayFormat(example: string): string {
  const parts = example.split(':').length;
  const gap = /\d [ap]m$/i.test(example) ? ' ' : '';
  const half = /[ap]m$/i.test(example);
  const hour = half ? '%I' : '%H';
  return `${hour}:%M${parts > 2 ? ':%S' : ''}${half ? `${gap}%p` : ''}`;
}
