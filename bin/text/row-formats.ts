import { csvField } from '../../lambdas/shared/runtime/csv-text.ts';
import { type Failure, ReportedError } from '../base/failure.ts';
import type { Row } from '../lake/row.ts';
import { visible, visibleJson } from './visible-text.ts';

/** Rows as text, each row when it comes; what is written so far is never held. */
export type RowsAsText = (rows: AsyncIterable<Row>) => AsyncIterable<string>;

/**
 * Rows as CSV by RFC 4180, with a header: null is an empty field, text without a character `""`.
 * Values are unchanged, except that on a terminal control characters are escaped.
 */
export function csvText(names: readonly string[], isTerminal: boolean): RowsAsText {
  const shown = isTerminal ? visible : (text: string) => text;
  const fieldOf = (value: Row[string]): string => {
    if (value === null) return '';
    return value === '' ? '""' : csvField(shown(String(value)));
  };
  return async function* (rows) {
    yield `${names.join(',')}\n`;
    for await (const row of rows) {
      const line = names.map((name) => fieldOf(row[name] ?? null)).join(',');
      // An empty line would be none for most readers.
      yield `${line === '' ? '""' : line}\n`;
    }
  };
}

/** Rows as NDJSON: one JSON object per line. */
export async function* ndjsonText(rows: AsyncIterable<Row>): AsyncGenerator<string> {
  for await (const row of rows) yield `${visibleJson(row)}\n`;
}

/**
 * Rows as one JSON object, `{"table", "rows"}`, always valid: if the rows end early, it ends with
 * `error` after those that came, and `ReportedError` is thrown.
 */
export function jsonText(table: string, failureOf: (error: unknown) => Failure): RowsAsText {
  return async function* (rows) {
    yield `{"table":${visibleJson(table)},"rows":[`;
    let separator = '';
    try {
      for await (const row of rows) {
        yield separator + visibleJson(row);
        separator = ',\n';
      }
    } catch (error) {
      const { code, message } = failureOf(error);
      yield `],"error":${visibleJson({ code, message })}}\n`;
      throw new ReportedError(error);
    }
    yield ']}\n';
  };
}
