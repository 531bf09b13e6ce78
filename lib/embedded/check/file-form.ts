import { gunzipped, UnreadableInputError } from '../../../lambdas/shared/ingest/byte-sources.ts';
import { headerDelimiter, separatorLine } from '../../../lambdas/shared/ingest/csv-delimiter.ts';
import { dialectRules } from '../../../lambdas/shared/ingest/dialect/dialect-rules.ts';
import { utf8Of } from '../../../lambdas/shared/ingest/dialect/encoding.ts';
import { kindOf } from '../../../lambdas/shared/ingest/input-kind.ts';
import { DEFAULT_DIALECT, type Dialect } from '../../../lambdas/shared/model/config-dialect.ts';
import type { InputMapping } from '../../../lambdas/shared/model/config-input.ts';
import type { ObjectInfo, ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import { type FieldRules, splitFields, usualRules } from './record-fields.ts';

/** What a file is read as. */
export interface FileForm {
  /** Null: Tandem does not read it. */
  readonly kind: 'csv' | 'ndjson' | null;
  readonly compression: 'gzip' | null;
  /** A label of the WHATWG encoding standard. */
  readonly encoding: string;
  /** Of CSV; null for anything else. */
  readonly rules: FieldRules | null;
  /** Names in the header of CSV, or those of the mapping; empty for anything else. */
  readonly columns: readonly string[];
  readonly mapping: InputMapping | null;
}

/** Bytes looked at: as many as a header of some thousand columns takes. */
const HEAD_BYTES = 64 * 1024;

const BYTE_ORDER_MARK = '\ufeff';

/**
 * Looks at the first 64 KiB of a file. Passes on errors of the store; one of gzip only means that
 * less of the file is seen.
 */
export async function fileForm(
  store: ObjectStore,
  { key, sizeBytes }: Pick<ObjectInfo, 'key' | 'sizeBytes'>,
  mapping: InputMapping | null,
): Promise<FileForm> {
  let head = await store.get(key, { range: { startByte: 0, endByte: HEAD_BYTES } });
  let isWhole = head.length === sizeBytes;
  let found = kindOf(head, head.length, true);
  const compression = found.kind === 'gzip' ? 'gzip' : null;
  if (found.kind === 'gzip') {
    head = await headOf(gunzipped(store.stream(key)));
    isWhole = head.length < HEAD_BYTES;
    found = kindOf(head, head.length, true);
  }
  const encoding = encodingOf(head, found.kind === 'utf16' ? found.encoding : null, mapping);
  const form = { compression, encoding, mapping, rules: null, columns: [] } as const;
  if (found.kind === 'ndjson') return { ...form, kind: 'ndjson' };
  if (found.kind !== 'csv' && found.kind !== 'utf16') return { ...form, kind: null };
  const text = new TextDecoder(encoding, { ignoreBOM: true }).decode(head, { stream: !isWhole });
  const isNdjson = /^\ufeff?[ \t-\r]*\{/.test(text);
  if (isNdjson) return { ...form, kind: 'ndjson' };
  return { ...form, kind: 'csv', ...csvForm(text, mapping, isWhole) };
}

/**
 * The unpacked text of a file in UTF-8, in which offsets of records count. Throws, as it is read,
 * errors of the store, and `UnreadableInputError` for gzip or text that is damaged.
 */
export async function* decodedText(
  store: ObjectStore,
  key: string,
  { compression, encoding }: FileForm,
): AsyncGenerator<Uint8Array> {
  const stored = store.stream(key);
  const bytes = compression === 'gzip' ? gunzipped(stored) : stored;
  yield* encoding === 'utf-8' ? bytes : utf8Of(bytes, encoding);
}

async function headOf(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const piece of pieces) {
      parts.push(piece);
      length += piece.length;
      if (length >= HEAD_BYTES) break;
    }
  } catch (error) {
    if (!(error instanceof UnreadableInputError)) throw error;
  }
  const head = Buffer.concat(parts);
  // A file of exactly that size is taken for a longer one, which harms nothing.
  return head.subarray(0, HEAD_BYTES);
}

/** A byte order mark wins over the mapping. */
function encodingOf(
  head: Uint8Array,
  utf16: string | null,
  mapping: InputMapping | null,
): FileForm['encoding'] {
  if (utf16 !== null) return utf16;
  const hasMark = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
  const label = hasMark ? 'utf-8' : (mapping?.encoding ?? 'utf-8');
  return new TextDecoder(label).encoding;
}

function csvForm(
  text: string,
  mapping: InputMapping | null,
  isWhole: boolean,
): Pick<FileForm, 'rules' | 'columns'> {
  const dialect = mapping?.dialect;
  const marked = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  const body = withoutLinesAbove(marked, dialect);
  const { delimiter, header } = delimiterOf(body, isWhole, dialect ?? DEFAULT_DIALECT);
  const rules: FieldRules = {
    ...usualRules(dialect?.delimiter ?? delimiter),
    ...(dialect !== undefined && {
      quoteChar: dialect.quoteChar,
      doubleQuote: dialect.doubleQuote,
      escapeChar: dialect.escapeChar,
    }),
  };
  if (dialect?.header === false) return { rules, columns: dialect.columns ?? [] };
  const { fields } = splitFields(header, rules);
  return { rules, columns: fields.map(({ value }) => value.trim()) };
}

function withoutLinesAbove(text: string, dialect: InputMapping['dialect'] | undefined): string {
  let rest = text;
  for (let line = 0; line < (dialect?.skipRows ?? 0); line++) rest = behindLine(rest);
  const isPassedOver = () =>
    /^\r?\n/.test(rest) || (dialect?.commentChar != null && rest.startsWith(dialect.commentChar));
  while (rest !== '' && isPassedOver()) rest = behindLine(rest);
  return rest;
}

function behindLine(text: string): string {
  const end = text.indexOf('\n');
  return end < 0 ? '' : text.slice(end + 1);
}

/** As the text itself says: in a line `sep=X`, or by what stands in its header. */
function delimiterOf(
  text: string,
  isWhole: boolean,
  dialect: Dialect,
): { delimiter: string; header: string } {
  const bytes = Buffer.from(text);
  const separator = separatorLine(bytes, 0, bytes.length, true);
  if (separator !== null && separator !== 'incomplete') {
    const header = withoutLinesAbove(bytes.subarray(separator.end).toString(), undefined);
    return { delimiter: String.fromCharCode(separator.delimiter), header };
  }
  const window = { start: 0, end: bytes.length, isLast: isWhole };
  const found = headerDelimiter(bytes, window, dialectRules(dialect)) ?? ','.charCodeAt(0);
  return { delimiter: String.fromCharCode(found), header: text };
}
