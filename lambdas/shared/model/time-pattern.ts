/** Directives of strptime that a pattern of times may hold (contract §1.3), without the `%`. */
const DIRECTIVES = 'YymdeHIMSfpbBhaAzZsjTDFRnt%';

/** As documentation and error texts show them. */
export const DIRECTIVES_SHOWN = [...DIRECTIVES].map((letter) => `%${letter}`).join(' ');

/** Each says a day in another way; all of one are needed. */
const DAYS: readonly (readonly string[])[] = [
  ['s'],
  ['D'],
  ['F'],
  ['Y', 'j'],
  ['Yy', 'mbBh', 'de'],
];

/**
 * Whether a strptime pattern holds known directives only and says year, month and day: by one
 * directive each, by `%s`, `%D` or `%F`, or by `%Y` with the day of the year, `%j`. Any other text
 * between directives is allowed. Never throws.
 */
export function isTimePattern(pattern: string): boolean {
  const used = new Set<string>();
  for (let at = pattern.indexOf('%'); at >= 0; at = pattern.indexOf('%', at + 2)) {
    const letter = pattern.slice(at + 1, at + 2);
    if (letter === '' || !DIRECTIVES.includes(letter)) return false;
    used.add(letter);
  }
  return DAYS.some((parts) => parts.every((letters) => [...letters].some((one) => used.has(one))));
}
