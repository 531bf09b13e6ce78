import { MAX_RECORD_BYTES } from '../../../lambdas/shared/model/order.ts';

/** How a CSV file is written, as far as it is known; the words are those of `dialect` (§1.3). */
export interface CsvForm {
  readonly delimiter: string;
  readonly quoteChar: string | null;
  readonly escapeChar: string | null;
  readonly commentChar: string | null;
  /** Physical lines above the header, or above the first record. */
  readonly skipRows: number;
}

/** A field as it was read, and where the next one begins. */
interface Field {
  readonly value: string;
  readonly end: number;
}

const BLANKS = /[ \t]/;

/**
 * Cuts text that comes in pieces into records by the rules of contract §1.1, in bounded memory:
 * what is longer than 1 MiB is counted and passed over.
 */
export class RecordSplitter {
  readonly #form: CsvForm;
  readonly #visit: (fields: readonly string[]) => void;
  #text = '';
  #at = 0;
  #linesToSkip: number;
  #isInLongRecord = false;
  /** Records that were too long to be looked at. */
  tooLong = 0;

  constructor(form: CsvForm, visit: (fields: readonly string[]) => void) {
    this.#form = form;
    this.#visit = visit;
    this.#linesToSkip = form.skipRows;
  }

  /** Passes on the records that end in the text so far. */
  push(piece: string): void {
    this.#text = this.#text.slice(this.#at) + piece;
    this.#at = 0;
    this.#scan(false);
  }

  /** Passes on the last record, which may lack its line end. */
  end(): void {
    this.#scan(true);
  }

  #scan(isLast: boolean): void {
    const text = this.#text;
    while (this.#at < text.length) {
      const found = text.indexOf('\n', this.#at);
      if (found < 0 && !isLast) {
        this.#dropIfTooLong();
        return;
      }
      const lineEnd = found < 0 ? text.length : found;
      if (!this.#line(lineEnd, isLast)) return;
    }
  }

  /** False: the record goes on after the text. */
  #line(lineEnd: number, isLast: boolean): boolean {
    const { delimiter, quoteChar, escapeChar, commentChar } = this.#form;
    const line = withoutReturn(this.#text.slice(this.#at, lineEnd));
    if (this.#isInLongRecord || this.#linesToSkip > 0 || line === '') {
      if (!this.#isInLongRecord && this.#linesToSkip > 0) this.#linesToSkip--;
      this.#isInLongRecord = false;
      this.#at = lineEnd + 1;
      return true;
    }
    if (commentChar !== null && line.startsWith(commentChar)) {
      this.#at = lineEnd + 1;
      return true;
    }
    const isPlain =
      (quoteChar === null || !line.includes(quoteChar)) &&
      (escapeChar === null || !line.includes(escapeChar));
    if (isPlain) {
      this.#at = lineEnd + 1;
      this.#visit(line.split(delimiter));
      return true;
    }
    return this.#quotedRecord(isLast);
  }

  #quotedRecord(isLast: boolean): boolean {
    const text = this.#text;
    const fields: string[] = [];
    for (let at = this.#at; ; ) {
      const field = this.#quotedField(at, isLast);
      if (field === 'incomplete') return false;
      const { value, end } = field ?? this.#plainField(at);
      fields.push(value);
      at = end + 1;
      if (end < text.length && text[end] === this.#form.delimiter) continue;
      if (end >= text.length && !isLast) return false;
      this.#at = text[end] === '\r' ? end + 2 : at;
      this.#visit(fields);
      return true;
    }
  }

  /** Null: it is not in quotes. */
  #quotedField(start: number, isLast: boolean): Field | 'incomplete' | null {
    const text = this.#text;
    const { quoteChar, escapeChar, delimiter } = this.#form;
    if (quoteChar === null || text[start] !== quoteChar) return null;
    const canGrow = !isLast && text.length - this.#at < MAX_RECORD_BYTES;
    const close = this.#closingQuote(start + 1, quoteChar);
    if (close < 0 || close - this.#at > MAX_RECORD_BYTES) return canGrow ? 'incomplete' : null;
    let end = close + 1;
    while (end < text.length && text[end] !== delimiter && BLANKS.test(text[end])) end++;
    if (end >= text.length - 1 && canGrow) return 'incomplete';
    const isEnd = end >= text.length || text[end] === delimiter || text[end] === '\n';
    if (!isEnd && !text.startsWith('\r\n', end)) return null;
    const inner = text.slice(start + 1, close).replaceAll(quoteChar + quoteChar, quoteChar);
    return { value: unescaped(inner, escapeChar), end };
  }

  /** Below 0: there is none in the text. */
  #closingQuote(from: number, quoteChar: string): number {
    const text = this.#text;
    const { escapeChar } = this.#form;
    for (let at = text.indexOf(quoteChar, from); at >= 0; at = text.indexOf(quoteChar, at)) {
      let escapes = 0;
      while (escapeChar !== null && text[at - 1 - escapes] === escapeChar) escapes++;
      if (escapes % 2 === 1 && at - escapes >= from) at += 1;
      else if (text[at + 1] === quoteChar) at += 2;
      else return at;
    }
    return -1;
  }

  #plainField(start: number): Field {
    const text = this.#text;
    const { delimiter, escapeChar } = this.#form;
    let end = start;
    while (end < text.length && text[end] !== delimiter && text[end] !== '\n') {
      end += text[end] === escapeChar ? 2 : 1;
    }
    end = Math.min(end, text.length);
    const isLineEnd = text[end] === '\n' && end > start && text[end - 1] === '\r';
    if (isLineEnd) end--;
    const value = withoutReturn(text.slice(start, end));
    return { value: unescaped(value, escapeChar), end };
  }

  #dropIfTooLong(): void {
    if (this.#text.length - this.#at <= MAX_RECORD_BYTES) return;
    if (!this.#isInLongRecord) this.tooLong++;
    this.#isInLongRecord = true;
    this.#at = this.#text.length;
  }
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

function unescaped(value: string, escapeChar: string | null): string {
  if (escapeChar === null || !value.includes(escapeChar)) return value;
  let text = '';
  for (let at = 0; at < value.length; at++) {
    if (value[at] === escapeChar && at + 1 < value.length) at++;
    text += value[at];
  }
  return text;
}

/** All records of a text, cut by `RecordSplitter`; `isWhole`: the text ends where the file does. */
export function recordsOf(text: string, form: CsvForm, isWhole: boolean): string[][] {
  const records: string[][] = [];
  const splitter = new RecordSplitter(form, (fields) => records.push([...fields]));
  splitter.push(text);
  if (isWhole) splitter.end();
  return records;
}
