import type { Form, SaidOrder } from './mapped-case.ts';

/** Texts of mapped files: cells of a dialect, events with JSON Pointers, encodings. */

/** The form of a mapping's JSON: texts below keys. */
type Json = { [key: string]: Json | string | number | null } | Json[];

function missingIn({ missingValues }: Form, choice: number): string {
  const words = missingValues ?? ['', 'NULL', ' None ', 'NaN'];
  return ['', ...words][choice % (words.length + 1)];
}

/** A record, of whose fields some are missing: then words say so. */
export function csvLine(form: Form, row: readonly (string | null)[], order: SaidOrder): string {
  const { choice, kind } = order;
  const cells = row.map((value, at) => value ?? missingIn(form, choice + at));
  cells.push(choice % 2 === 0 ? '' : 'x');
  if (form.padRows && kind === 'order') {
    while (cells.length > 2 && cells.at(-1) === '') cells.pop();
  }
  if (kind === 'extra') cells.push('more');
  return cells.map((text, at) => cellOf(form, text, choice + at)).join(form.delimiter);
}

/** A field as the dialect writes it, between quotes where it has to be, or now and then. */
export function cellOf(form: Form, text: string, choice: number): string {
  const { delimiter, commentChar, skipInitialSpace } = form;
  const { quoteChar, doubleQuote, escapeChar } = form.quoting;
  const blank = skipInitialSpace && choice % 2 === 0 ? '  ' : '';
  const isSpecial = [delimiter, '\n', quoteChar, commentChar, escapeChar].some(
    (character) => character !== null && text.includes(character),
  );
  const escaped = (specials: readonly (string | null)[]) =>
    [...text].map((c) => (specials.includes(c) ? escapeChar + c : c)).join('');
  if (quoteChar !== null && (isSpecial || choice % 5 === 0)) {
    const inside = doubleQuote
      ? (escapeChar === null ? text : escaped([escapeChar])).replaceAll(
          quoteChar,
          quoteChar + quoteChar,
        )
      : escaped(escapeChar === null ? [] : [escapeChar, quoteChar]);
    return `${blank}${quoteChar}${inside}${quoteChar}`;
  }
  return blank + (escapeChar === null ? text : escaped([escapeChar, delimiter, '\n', commentChar]));
}

/** A file of events, with values where the names or pointers say. */
export function jsonFile(
  form: Form,
  {
    names,
    rows,
    orders,
  }: {
    readonly names: readonly string[];
    readonly rows: readonly (readonly (string | null)[])[];
    readonly orders: readonly SaidOrder[];
  },
): Buffer {
  const lines = rows.map((row, i) => {
    const { choice, kind } = orders[i];
    const event: Json = { note: { order_id: 'no' } };
    names.forEach((name, at) => {
      const value = row[at];
      const word = (choice + at) % 2 === 0 ? null : missingIn(form, choice + at);
      setAt(event, name, value ?? word);
    });
    return JSON.stringify(event) + (kind === 'extra' ? '}' : '');
  });
  return Buffer.from(`${lines.join('\n')}\n`);
}

function setAt(event: Json, name: string, value: string | null): void {
  const path = name.startsWith('/')
    ? name
        .slice(1)
        .split('/')
        .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    : [name];
  let at = event as Record<string, Json | string | null>;
  path.slice(0, -1).forEach((key, i) => {
    at[key] ??= /^\d+$/.test(path[i + 1]) ? [] : {};
    at = at[key] as Record<string, Json | string | null>;
  });
  at[path.at(-1) ?? ''] = value;
}

const WESTERN: Readonly<Record<string, number>> = { '€': 0x80, '’': 0x92 };
const JAPANESE: Readonly<Record<string, readonly number[]>> = {
  表: [0x95, 0x5c],
  ソ: [0x83, 0x5c],
  ス: [0x83, 0x58],
};

/** The bytes of a text that the encoding can hold. */
export function encoded({ encoding, hasMark }: Form, text: string): Buffer {
  if (encoding === 'utf-16le') return Buffer.from(`${hasMark ? '\ufeff' : ''}${text}`, 'utf16le');
  if (encoding === null) return Buffer.from(`${hasMark ? '\ufeff' : ''}${text}`);
  const bytes = [...text].flatMap((c) =>
    encoding === 'shift_jis' ? (JAPANESE[c] ?? c.charCodeAt(0)) : (WESTERN[c] ?? c.charCodeAt(0)),
  );
  return Buffer.from(bytes as number[]);
}
