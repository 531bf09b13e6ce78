/**
 * Text for people must not act: a value from a file could move the cursor, colour the screen, forge
 * a line, or turn the order of what is read around (Unicode TR36, "Bidirectional Text Spoofing").
 * These are all control characters (C0, DEL, C1), the characters that steer bidirectional text,
 * and Unicode's own line ends.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ACTING = /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same, but the line end
const ACTING_IN_LINES = /[\0-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A value, or one line, with control characters escaped, line ends included. */
export function visible(text: string): string {
  return text.replace(ACTING, escaped);
}

/** Text of several lines with control characters escaped, except line ends. */
export function visibleLines(text: string): string {
  return text.replace(ACTING_IN_LINES, escaped);
}

/** JSON in which control characters are JSON escapes: parsers get the same value. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value).replace(ACTING, jsonEscaped);
}

function escaped(character: string): string {
  const short = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }[character];
  if (short !== undefined) return short;
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${hex(code, 2)}` : jsonEscaped(character);
}

function jsonEscaped(character: string): string {
  return `\\u${hex(character.charCodeAt(0), 4)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
