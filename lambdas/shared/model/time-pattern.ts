/**
 * strptime patterns (contract §1.3) as lists of tokens, and what may be wrong with them.
 */

/** What a directive reads; two that read the same part do not go together. */
export type Part =
  | 'year'
  | 'month'
  | 'day'
  | 'day of the year'
  | 'hour'
  | 'half of the day'
  | 'minute'
  | 'second'
  | 'fraction'
  | 'zone'
  | 'weekday'
  | 'time since 1970';

export type Letter = keyof typeof PARTS;

export type Token =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'blanks' }
  | { readonly kind: 'directive'; readonly letter: Letter };

const PARTS = {
  Y: 'year',
  y: 'year',
  m: 'month',
  b: 'month',
  B: 'month',
  h: 'month',
  d: 'day',
  e: 'day',
  j: 'day of the year',
  H: 'hour',
  I: 'hour',
  p: 'half of the day',
  M: 'minute',
  S: 'second',
  f: 'fraction',
  z: 'zone',
  Z: 'zone',
  a: 'weekday',
  A: 'weekday',
  s: 'time since 1970',
} as const satisfies Record<string, Part>;

/** Directives that stand for several, for a blank, or for a per cent sign. */
const SHORTHANDS: Readonly<Record<string, string>> = {
  D: '%m/%d/%y',
  F: '%Y-%m-%d',
  R: '%H:%M',
  T: '%H:%M:%S',
  n: ' ',
  t: ' ',
};

/** All directives, as documentation and error texts show them. */
export const DIRECTIVES_SHOWN = [...Object.keys(PARTS), ...Object.keys(SHORTHANDS), '%']
  .map((name) => `%${name}`)
  .join(' ');

const BLANK = /[\s\u00a0\u202f]/;

/**
 * The tokens of a pattern, shorthands resolved, without blanks at its ends, as values are trimmed;
 * or what is wrong with its directives, in words.
 */
export function tokensOf(pattern: string): readonly Token[] | string {
  const tokens: Token[] = [];
  const addText = (text: string): void => {
    const last = tokens.at(-1);
    if (BLANK.test(text)) {
      if (last !== undefined && last.kind !== 'blanks') tokens.push({ kind: 'blanks' });
    } else if (last?.kind === 'literal') {
      tokens[tokens.length - 1] = { kind: 'literal', text: last.text + text };
    } else {
      tokens.push({ kind: 'literal', text });
    }
  };
  const characters = [...pattern];
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i];
    if (character !== '%') {
      addText(character);
      continue;
    }
    const name = characters[++i];
    if (name === undefined) return 'ends in a single %; %% is a per cent sign';
    if (name === '%') {
      addText(name);
    } else if (Object.hasOwn(SHORTHANDS, name)) {
      characters.splice(i + 1, 0, ...SHORTHANDS[name]);
    } else if (isLetter(name)) {
      tokens.push({ kind: 'directive', letter: name });
    } else {
      return `%${name} is no directive; known: ${DIRECTIVES_SHOWN}`;
    }
  }
  return tokens.at(-1)?.kind === 'blanks' ? tokens.slice(0, -1) : tokens;
}

/** The pattern that stands for Tandem's own form. */
export const AUTO = 'auto';

/**
 * What is wrong with a pattern, in words that follow its name: `has no day (%d)`. Null if nothing
 * is. It needs a year with month and day, or with the day of the year, or `%s` alone.
 */
export function checkTimePattern(pattern: string): string | null {
  if (pattern === AUTO) return null;
  const tokens = tokensOf(pattern);
  return typeof tokens === 'string' ? tokens : faultOf(tokens);
}

/**
 * What keeps tokens from naming one instant, in words; null if nothing does. A day and no more is
 * its midnight.
 */
export function faultOf(tokens: readonly Token[]): string | null {
  const letters = tokens.flatMap((token) => (token.kind === 'directive' ? [token.letter] : []));
  const named = new Map<Part, Letter>();
  for (const letter of letters) {
    const part = PARTS[letter];
    const other = named.get(part);
    if (other !== undefined && part !== 'weekday') {
      return `has the ${part} twice (%${other}, %${letter})`;
    }
    named.set(part, letter);
  }
  const has = (part: Part): boolean => named.has(part);
  if (has('time since 1970')) {
    return letters.length > 1 ? '%s is a whole time; no other directive goes with it' : null;
  }
  if (!has('year')) return 'has no year (%Y or %y)';
  if (has('day of the year')) {
    if (has('month') || has('day')) return '%j is month and day; it goes with neither';
  } else {
    if (!has('month')) return 'has no month (%m or %b)';
    if (!has('day')) return 'has no day (%d)';
  }
  if (named.get('hour') === 'I' && !has('half of the day')) return '%I needs %p (AM or PM)';
  if (has('half of the day') && named.get('hour') !== 'I') return '%p needs %I (1 to 12)';
  if (has('minute') && !has('hour')) return 'has minutes (%M) but no hour; the month is %m';
  if (has('second') && !has('minute')) return 'has seconds (%S) but no minutes (%M)';
  if (has('fraction') && !has('second')) return 'has a fraction (%f) but no seconds (%S)';
  return null;
}

function isLetter(name: string): name is Letter {
  return Object.hasOwn(PARTS, name);
}
