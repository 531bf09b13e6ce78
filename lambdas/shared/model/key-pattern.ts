import { LANDING_FOLDERS } from './dimension.ts';

// Patterns of object keys (contract §1.3): `*` is any part of a name within a folder, `**` any part
// of a key; `**/` as a whole folder may also be none. Everything else stands for itself.

type Step =
  | { readonly kind: 'literal'; readonly code: number }
  | { readonly kind: 'within' }
  | { readonly kind: 'across' }
  | { readonly kind: 'folders' };

const SLASH = 0x2f;
const STAR = '*';

/** What a pattern may begin with: the folders that hold input, or any of them. */
const BEGINNINGS = [...LANDING_FOLDERS.map((folder) => `${folder}/`), STAR];

/**
 * Whether a key below the landing root can fit the pattern: it begins with a folder of input or a
 * star, and does not end in `/`, as no file does.
 */
export function isKeyPattern(pattern: string): boolean {
  return BEGINNINGS.some((text) => pattern.startsWith(text)) && !pattern.endsWith('/');
}

/**
 * The test of whether a whole key fits a pattern. `*` holds any characters but `/`, `**` those too;
 * `orders/**` fits whatever is below `orders/`, and folders written as two stars may be none.
 * Upper and lower case differ. Takes time in proportion to the lengths of key and pattern at most,
 * multiplied, whatever they hold; never throws.
 */
export function keyPattern(pattern: string): (key: string) => boolean {
  const star = pattern.indexOf(STAR);
  if (star < 0) return (key) => key === pattern;
  const prefix = pattern.slice(0, star);
  const steps = stepsOf(pattern, star);
  return (key) => key.startsWith(prefix) && fits(steps, key, star);
}

/** The steps from a place of the pattern on. */
function stepsOf(pattern: string, from: number): Step[] {
  const steps: Step[] = [];
  for (let i = from; i < pattern.length; ) {
    if (pattern[i] !== STAR) {
      steps.push({ kind: 'literal', code: pattern.charCodeAt(i) });
      i += 1;
      continue;
    }
    const isFolderStart = i === 0 || pattern[i - 1] === '/';
    const start = i;
    while (pattern[i] === STAR) i += 1;
    const isAcross = i - start > 1;
    if (isAcross && isFolderStart && pattern[i] === '/') {
      steps.push({ kind: 'folders' });
      i += 1;
    } else steps.push({ kind: isAcross ? 'across' : 'within' });
  }
  return steps;
}

/**
 * Follows all ways through the steps at once: `at[s]` says that the key so far fits the steps
 * before `s`, so each character is looked at once for each step.
 */
function fits(steps: readonly Step[], key: string, from: number): boolean {
  let at = new Uint8Array(steps.length + 1);
  let next = new Uint8Array(steps.length + 1);
  const endsAcross = steps.at(-1)?.kind === 'across';
  enter(steps, at, 0);
  for (let i = from; i < key.length; i++) {
    // Nothing that follows can undo it.
    if (endsAcross && at[steps.length] === 1) return true;
    const code = key.charCodeAt(i);
    next.fill(0);
    for (let s = 0; s < steps.length; s++) if (at[s] === 1) advance(steps, next, s, code);
    [at, next] = [next, at];
  }
  return at[steps.length] === 1;
}

/** Marks a step, and those after it as long as each may hold nothing. */
function enter(steps: readonly Step[], at: Uint8Array, step: number): void {
  let s = step;
  at[s] = 1;
  while (s < steps.length && steps[s].kind !== 'literal') {
    s += 1;
    at[s] = 1;
  }
}

/** Takes one character at a step. */
function advance(steps: readonly Step[], next: Uint8Array, s: number, code: number): void {
  const step = steps[s];
  if (step.kind === 'literal') {
    if (step.code === code) enter(steps, next, s + 1);
  } else if (step.kind === 'folders') {
    // Only a whole folder ends it.
    next[s] = 1;
    if (code === SLASH) enter(steps, next, s);
  } else if (step.kind === 'across' || code !== SLASH) enter(steps, next, s);
}
