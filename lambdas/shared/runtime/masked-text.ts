/**
 * What logs and errors may hold: keys, places, counts, ids and names of columns, and no values of
 * records. Where a text comes from others (a header that is none, an answer of a service) an e-mail
 * address in it is masked all the same.
 */

/** Bounded, so that a long text without any takes no longer than its length. */
const ADDRESS = /[^\s@"'<>(),;:=|]{1,64}@[^\s@"'<>(),;:=|]{1,255}/g;
const MASK = '…@…';

/** Errors may have causes, and those others. */
const MAX_CAUSES = 5;

/** The same text without e-mail addresses. */
export function masked(text: string): string {
  return text.includes('@')
    ? text.replace(ADDRESS, (found) => (isPlace(found) ? found : MASK))
    : text;
}

/** A function of a stack, a package or a version has an `@` as well, but no dot and name behind. */
function isPlace(found: string): boolean {
  const behind = found.slice(found.lastIndexOf('@') + 1);
  return behind.includes('/') || !/\.\p{L}{2,}$/u.test(behind);
}

/** The same error, and its causes, without e-mail addresses in their messages. */
export function maskedError(error: Error): Error {
  let current: unknown = error;
  for (let depth = 0; depth < MAX_CAUSES && current instanceof Error; depth++) {
    current.message = masked(current.message);
    if (current.stack !== undefined) current.stack = masked(current.stack);
    current = current.cause;
  }
  return error;
}
