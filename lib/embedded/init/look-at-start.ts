import { TerminalError } from '../../../lambdas/shared/model/errors.ts';
import type { CsvForm } from './csv-form.ts';
import { type Columns, findColumns } from './detect-columns.ts';
import { detectDialect } from './detect-dialect.ts';
import { type Encoding, encodingOf } from './detect-encoding.ts';
import { JsonRows, placesOf } from './json-rows.ts';
import { type OrderFile, readText, type Wrapping } from './read-text.ts';

/** What the first part of a file shows of its form. */
export interface Start {
  readonly file: OrderFile;
  readonly wrapping: Wrapping;
  readonly encoding: Encoding;
  /** Null: NDJSON. */
  readonly form: CsvForm | null;
  readonly hasHeader: boolean;
  readonly hasSeparatorLine: boolean;
  /** Names of columns, or places of values. */
  readonly columns: readonly string[];
  readonly found: Columns;
}

/** Characters that decide the form; the rest of a file is looked at for its values. */
const SAMPLE_LENGTH = 1024 * 1024;

/**
 * Looks at the first MiB of a file. `forced`: its encoding is known. Throws as `readText` does, and
 * `TerminalError` `file_rejected` for a file without any record.
 */
export async function lookAtStart(file: OrderFile, forced: Encoding | null): Promise<Start> {
  const encoding = forced ?? 'utf-8';
  let sample = '';
  const { wrapping, utf8, isWhole } = await readText(file, encoding, (text) => {
    sample += text;
    return sample.length < SAMPLE_LENGTH;
  });
  // The last character of a sample may be cut; that is no reason to doubt the encoding.
  if (forced === null && wrapping.mark === null && encodingOf(utf8) !== encoding) {
    return await lookAtStart(file, encodingOf(utf8));
  }
  if (sample.trim() === '') {
    throw new TerminalError('file_rejected', `${file.name}: it holds no record`);
  }
  const common = { file, wrapping, encoding };
  if (wrapping.kind === 'ndjson') return { ...common, ...jsonStart(sample, isWhole) };
  const dialect = detectDialect(sample, isWhole);
  const { hasHeader, hasSeparatorLine, columns, records } = dialect;
  const { delimiter, quoteChar, escapeChar, commentChar, skipRows } = dialect;
  const form = { delimiter, quoteChar, escapeChar, commentChar, skipRows };
  const found = findColumns(columns, records, hasHeader);
  return { ...common, form, hasHeader, hasSeparatorLine, columns, found };
}

function jsonStart(sample: string, isWhole: boolean) {
  const lines = sample.split('\n').slice(0, 3_000);
  if (!isWhole && lines.length > 1) lines.pop();
  const columns = placesOf(lines);
  const records: string[][] = [];
  const rows = new JsonRows(columns, (fields) => records.push([...fields]));
  for (const line of lines) rows.push(`${line}\n`);
  // `/customer/id` is known as `customerid`.
  const found = findColumns(columns, records, true);
  return { form: null, hasHeader: true, hasSeparatorLine: false, columns, found };
}

/** Text that is equal for files of one form, which one entry of the config reads. */
export function formKey({ form, hasHeader, columns, wrapping }: Start): string {
  return JSON.stringify([wrapping.kind, form, hasHeader, columns]);
}
