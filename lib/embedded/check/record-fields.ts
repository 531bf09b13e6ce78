/** Where the fields of a record are in its text, as contract §1.1 and the dialect say. */

/** Of CSV: how fields are told apart. */
export interface FieldRules {
  readonly delimiter: string;
  /** Null: nothing quotes. */
  readonly quoteChar: string | null;
  readonly doubleQuote: boolean;
  readonly escapeChar: string | null;
}

/** Places are those of the text of the value in the record, without quotes. */
export interface FieldSpan {
  readonly start: number;
  readonly end: number;
  readonly value: string;
}

export interface SplitRecord {
  readonly fields: readonly FieldSpan[];
  /** The place behind the record: of its line end, or the end of the text. */
  readonly end: number;
}

/** The rules of files without a mapping. */
export function usualRules(delimiter: string): FieldRules {
  return { delimiter, quoteChar: '"', doubleQuote: true, escapeChar: null };
}

/** Splits the first record of a text; line ends that no quotes hold end it. */
export function splitFields(text: string, rules: FieldRules): SplitRecord {
  const fields: FieldSpan[] = [];
  let at = 0;
  for (;;) {
    const field = quotedField(text, at, rules) ?? plainField(text, at, rules);
    fields.push(field.span);
    if (text[field.next] !== rules.delimiter) return { fields, end: field.next };
    at = field.next + 1;
  }
}

interface FoundField {
  readonly span: FieldSpan;
  /** Of the delimiter, the line end, or the end of the text. */
  readonly next: number;
}

function quotedField(text: string, start: number, rules: FieldRules): FoundField | null {
  const { quoteChar, doubleQuote, escapeChar } = rules;
  if (quoteChar === null || text[start] !== quoteChar) return null;
  let value = '';
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at];
    if (escapeChar !== null && character === escapeChar && at + 1 < text.length) {
      at += 1;
      value += text[at];
    } else if (character !== quoteChar) {
      value += character;
    } else if (doubleQuote && text[at + 1] === quoteChar) {
      at += 1;
      value += quoteChar;
    } else {
      const next = behindBlanks(text, at + 1, rules.delimiter);
      if (!isFieldEnd(text, next, rules.delimiter)) return null;
      return { span: { start: start + 1, end: at, value }, next };
    }
  }
  return null;
}

function plainField(text: string, start: number, { delimiter, escapeChar }: FieldRules) {
  let value = '';
  let at = start;
  for (; at < text.length && !isFieldEnd(text, at, delimiter); at++) {
    if (text[at] === escapeChar && at + 1 < text.length) at += 1;
    value += text[at];
  }
  return { span: { start, end: at, value }, next: at };
}

function behindBlanks(text: string, from: number, delimiter: string): number {
  let at = from;
  while (at < text.length && (text[at] === ' ' || text[at] === '\t') && text[at] !== delimiter) {
    at += 1;
  }
  return at;
}

function isFieldEnd(text: string, at: number, delimiter: string): boolean {
  if (at >= text.length || text[at] === delimiter || text[at] === '\n') return true;
  return text[at] === '\r' && text[at + 1] === '\n';
}

/**
 * Where the value of a key is in the text of a JSON object, without quotes; null if it has none.
 * The last of equal keys counts. Levels are not told apart.
 */
export function jsonValueSpan(text: string, key: string): Omit<FieldSpan, 'value'> | null {
  const tokens = [...text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s"{}[\]:,]+/gs)];
  for (let index = tokens.length - 3; index >= 0; index--) {
    const value = tokens[index + 2];
    if (tokens[index][0] !== JSON.stringify(key) || tokens[index + 1][0] !== ':') continue;
    const quote = value[0].startsWith('"') ? 1 : 0;
    return { start: value.index + quote, end: value.index + value[0].length - quote };
  }
  return null;
}
