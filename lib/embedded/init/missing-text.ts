/** What means that there is no value (contract §2). */
const MISSING: ReadonlySet<string> = new Set(['', 'null', 'NULL', 'NaN', 'None', '\\N']);

/** Spellings of nothing that Tandem has to be told of. */
const OTHERS: ReadonlySet<string> = new Set([
  ...['n/a', 'N/A', 'NA', '#N/A', '-', '--', '(null)', '(none)', 'none', 'nil', 'undefined', '?'],
]);

/** The list of contract §2, as `missingValues` has it, which replaces it. */
export const OWN_MISSING: readonly string[] = [...MISSING];

/** True for a trimmed value that is missing by contract §2. */
export function isMissingText(value: string): boolean {
  return MISSING.has(value);
}

/** True for a trimmed value that most likely means nothing, and is a value to contract §2. */
export function isOtherMissing(value: string): boolean {
  return value.length <= 9 && OTHERS.has(value);
}
