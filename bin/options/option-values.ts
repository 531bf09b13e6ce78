import { InvalidArgumentError } from 'commander';
import { parseTimestampMs } from '../../lambdas/shared/ingest/timestamp.ts';
import { parseByteSize, parseDuration } from '../../lambdas/shared/model/config-values.ts';

/** Parsers of option values: strict, and their error says what is allowed. */

/**
 * Parser of an option that takes a whole number from `min` to `max`. Throws `InvalidArgumentError`.
 */
export function wholeNumberOption(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Allowed: a whole number from ${min} to ${max}.`);
  };
}

/**
 * Parser of an option that takes bytes, with or without a unit, from `min` to `max`. Throws
 * `InvalidArgumentError`.
 */
export function byteSizeOption(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = parseByteSize(text);
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(
      `Allowed: bytes from ${min} to ${max}, such as 1048576, 512KiB, 32MiB or 1GiB.`,
    );
  };
}

/**
 * Parses an option that takes a path; it need not exist. Throws `InvalidArgumentError` if it is
 * blank or holds NUL.
 */
export function pathOption(text: string): string {
  if (text.trim() !== '' && !text.includes('\0')) return text;
  throw new InvalidArgumentError('Allowed: a path that is not empty.');
}

/**
 * Parser of an option that takes a duration such as `30m`, held in ms. Throws
 * `InvalidArgumentError`.
 */
export function durationOption(minText: string, maxText: string): (text: string) => number {
  return (text) => {
    const valueMs = parseDuration(text);
    if (valueMs >= parseDuration(minText) && valueMs <= parseDuration(maxText)) return valueMs;
    throw new InvalidArgumentError(
      `Allowed: a duration from ${minText} to ${maxText}, such as 500ms, 60s, 30m or 12h.`,
    );
  };
}

/**
 * Parses a consumer's name. Only plain text is allowed, as it becomes a folder and part of every
 * state key. Throws `InvalidArgumentError`.
 */
export function consumerOption(text: string): string {
  if (/^[a-z0-9][a-z0-9_-]{0,63}$/.test(text)) return text;
  throw new InvalidArgumentError(
    'Allowed: 1 to 64 of a-z 0-9 _ -, starting with a letter or digit.',
  );
}

/**
 * Parses an instant in ISO 8601, as UTC if it names no zone, into ms since 1970. Throws
 * `InvalidArgumentError`.
 */
export function instantOption(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const timeMs = parseTimestampMs(bytes, 0, bytes.length);
  if (timeMs >= 0) return new Date(timeMs).toISOString();
  throw new InvalidArgumentError(
    'Allowed: an instant such as 2026-01-31T12:00:00Z or 2026-01-31T13:00:00+01:00.',
  );
}

const UNITS: Readonly<Record<string, number>> = {
  ...{ B: 1, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 },
  ...{ KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 },
};
const MAX_DATA_BYTES = 1e15;

/**
 * Parses a size of data into bytes: `100GB`, `1.5TiB`, `1048576`. Throws `InvalidArgumentError`.
 */
export function dataSizeOption(text: string): number {
  const match = /^(\d{1,15}(?:\.\d{1,3})?) ?([kKMGT]?i?B)?$/.exec(text);
  const unit = match === null ? undefined : UNITS[match[2] ?? 'B'];
  const bytes = Math.round(Number(match?.[1]) * (unit ?? Number.NaN));
  if (bytes >= 1 && bytes <= MAX_DATA_BYTES) return bytes;
  throw new InvalidArgumentError(
    'Allowed: bytes up to 1000TB, such as 1048576, 100GB, 1.5TB or 64GiB.',
  );
}
