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

/** Replaces e-mail addresses in a text, for logs and messages. */
export function masked(text: string): string {
  return text.includes('@')
    ? text.replace(ADDRESS, (found) => (isPlace(found) ? found : MASK))
    : text;
}

/** The name of a function, package or version has an `@` too, but no dot and name after it. */
function isPlace(found: string): boolean {
  const behind = found.slice(found.lastIndexOf('@') + 1);
  return behind.includes('/') || !/\.\p{L}{2,}$/u.test(behind);
}

/** A copy of an error and its causes with e-mail addresses masked in the messages. */
export function maskedError(error: Error): Error {
  let current: unknown = error;
  for (let depth = 0; depth < MAX_CAUSES && current instanceof Error; depth++) {
    current.message = masked(current.message);
    if (current.stack !== undefined) current.stack = masked(current.stack);
    current = current.cause;
  }
  return error;
}
