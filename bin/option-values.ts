import { InvalidArgumentError } from 'commander';
import { parseByteSize } from '../lambdas/shared/model/config-values.ts';

/** Parsers of option values: strict, and their error says what is allowed. */

export function wholeNumberOption(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Allowed: a whole number from ${min} to ${max}.`);
  };
}

export function byteSizeOption(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = parseByteSize(text);
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(
      `Allowed: bytes from ${min} to ${max}, written as 1048576, 512KiB, 32MiB or 1GiB.`,
    );
  };
}

export function pathOption(text: string): string {
  if (text.trim() !== '' && !text.includes('\0')) return text;
  throw new InvalidArgumentError('Allowed: a path.');
}

/** Names a folder of the lake and a part of every key of state, so it is kept plain. */
export function consumerOption(text: string): string {
  if (/^[a-z0-9][a-z0-9_-]{0,63}$/.test(text)) return text;
  throw new InvalidArgumentError('Allowed: 1 to 64 of a-z 0-9 _ -, not _ or - first.');
}
