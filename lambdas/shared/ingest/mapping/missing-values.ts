import { trimmedEnd, trimmedStart } from '../../bytes/bytes.ts';
import { isPresentTrimmed, type PresenceCheck } from '../present-value.ts';

/**
 * What tells whether a value is missing: the words of contract §2, or those of `missingValues`
 * instead. An empty value is always missing.
 */
export function presenceCheck(missingValues: readonly string[] | null): PresenceCheck {
  if (missingValues === null) return isPresentTrimmed;
  const words = missingValues.map((word) => Uint8Array.from(Buffer.from(word.trim())));
  const longest = words.reduce((most, { length }) => Math.max(most, length), 0);
  return (bytes, starts, ends, index) => {
    if (starts[index] < 0) return false;
    const start = trimmedStart(bytes, starts[index], ends[index]);
    const end = trimmedEnd(bytes, start, ends[index]);
    starts[index] = start;
    ends[index] = end;
    const length = end - start;
    if (length === 0) return false;
    return length > longest || !words.some((word) => isEqual(bytes, start, length, word));
  };
}

function isEqual(bytes: Uint8Array, start: number, length: number, word: Uint8Array): boolean {
  if (word.length !== length) return false;
  for (let i = 0; i < length; i++) if (bytes[start + i] !== word[i]) return false;
  return true;
}
