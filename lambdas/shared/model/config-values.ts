import * as v from 'valibot';

/**
 * The kinds of config values: how they are written, how they are held, what is allowed. Errors and
 * documentation quote `allowed`, so that each limit has one source.
 */
export interface ValueMetadata extends Record<string, unknown> {
  readonly description: string;
  readonly allowed: string;
}

/** Marks the keys that hold keys rather than a value. */
export const GROUP_ALLOWED = 'a group of keys';

/** Metadata of a group of config keys. */
export function group<Input>(description: string) {
  return v.metadata<Input, ValueMetadata>({ description, allowed: GROUP_ALLOWED });
}

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const UNIT_BYTES = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;
const DURATION = /^(\d{1,9})(ms|s|m|h|d)$/;
const BYTE_SIZE = /^(\d{1,15}) ?(B|KiB|MiB|GiB)$/;

/** `"30m"` gives 1,800,000 ms. NaN if the text is not a duration. */
export function parseDuration(text: string): number {
  const match = DURATION.exec(text);
  return match === null ? Number.NaN : Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
}

/** `"32MiB"` or `33554432` gives bytes. NaN if it is neither. */
export function parseByteSize(value: string | number): number {
  if (typeof value === 'number') return value;
  const match = BYTE_SIZE.exec(value);
  if (match === null) return /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
  return Number(match[1]) * UNIT_BYTES[match[2] as keyof typeof UNIT_BYTES];
}

/** A length of time, such as text, held in milliseconds. */
export function duration(minText: string, maxText: string, description: string) {
  const allowed = `a duration from ${minText} to ${maxText}, such as 500ms, 60s, 30m, 12h or 7d`;
  return v.pipe(
    v.string(),
    v.regex(DURATION),
    v.metadata({ description, allowed }),
    v.transform(parseDuration),
    v.minValue(parseDuration(minText)),
    v.maxValue(parseDuration(maxText)),
  );
}

/** A number of bytes, such as a number or with a unit, held as a number. */
export function byteSize(minText: string, maxText: string, description: string) {
  const allowed = `bytes from ${minText} to ${maxText}, such as 1048576, 512KiB, 32MiB or 1GiB`;
  return v.pipe(
    v.union([v.pipe(v.number(), v.integer()), v.pipe(v.string(), v.regex(BYTE_SIZE))]),
    v.metadata({ description, allowed }),
    v.transform(parseByteSize),
    v.minValue(parseByteSize(minText)),
    v.maxValue(parseByteSize(maxText)),
  );
}

/** A whole number from `min` to `max`, both allowed. */
export function wholeNumber(min: number, max: number, description: string) {
  const allowed = `a whole number from ${withCommas(min)} to ${withCommas(max)}`;
  return v.pipe(
    v.number(),
    v.integer(),
    v.minValue(min),
    v.maxValue(max),
    v.metadata({ description, allowed }),
  );
}

/** A share of records, from 0 (none) to 1 (all). */
export function rate(description: string) {
  return v.pipe(
    v.number(),
    v.minValue(0),
    v.maxValue(1),
    v.metadata({ description, allowed: 'a number from 0 to 1' }),
  );
}

/** A boolean; text such as `"true"` is not accepted. */
export function flag(description: string) {
  return v.pipe(v.boolean(), v.metadata({ description, allowed: 'true or false' }));
}

/** One of the listed words, spelled exactly. */
export function oneOf<const T extends readonly string[]>(values: T, description: string) {
  return v.pipe(v.picklist(values), v.metadata({ description, allowed: values.join(', ') }));
}

/** Text that matches `form`; errors quote `allowed` instead of the pattern. */
export function text(form: RegExp, description: string, allowed: string) {
  return v.pipe(v.string(), v.regex(form), v.metadata({ description, allowed }));
}

/** The path of a folder: not blank and without NUL; the folder need not exist. */
export function path(description: string) {
  return v.pipe(
    v.string(),
    v.check((text) => text.trim() !== '' && !text.includes('\0')),
    v.metadata({ description, allowed: 'a folder path' }),
  );
}

/** A calendar day in UTC, such as `2026-01-31`, held as that text. */
export function day(description: string) {
  const isDay = (text: string) => {
    const timeMs = Date.parse(`${text}T00:00:00Z`);
    return Number.isFinite(timeMs) && new Date(timeMs).toISOString().startsWith(text);
  };
  return v.pipe(
    v.string(),
    v.regex(/^(19[7-9]\d|20\d\d|21\d\d)-\d\d-\d\d$/),
    v.check(isDay),
    v.metadata({ description, allowed: 'a day from 1970-01-01 to 2199-12-31' }),
  );
}

/** An instant in UTC, such as `2026-01-31T09:00:00Z`, held in milliseconds since 1970. */
export function instant(description: string) {
  return v.pipe(
    v.string(),
    v.regex(/^(19[7-9]\d|20\d\d|21\d\d)-\d\d-\d\dT\d\d:\d\d:\d\d([.]\d{3})?Z$/),
    v.check((text) => Number.isFinite(Date.parse(text))),
    v.metadata({ description, allowed: 'an instant in UTC, such as 2026-01-31T09:00:00Z' }),
    v.transform((text) => Date.parse(text)),
  );
}

/** `1048576` → `"1,048,576"`, whatever the locale. */
function withCommas(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}
