import { UnreadableInputError } from '../../lambdas/shared/ingest/byte-sources.ts';
import type { CsvLayout } from '../../lambdas/shared/ingest/csv-layout.ts';
import type { CsvBatch } from '../../lambdas/shared/ingest/csv-scanner.ts';
import { ORDER_COLUMNS } from '../../lambdas/shared/ingest/header-columns.ts';
import { asInputChanged } from '../../lambdas/shared/ingest/list-landing.ts';
import { type InputForm, recordFormat } from '../../lambdas/shared/ingest/mapping/input-form.ts';
import { type OpenInput, openInput } from '../../lambdas/shared/ingest/open-input.ts';
import { type BatchConsumer, RecordReader } from '../../lambdas/shared/ingest/record-reader.ts';
import { DEFAULT_DIALECT } from '../../lambdas/shared/model/config-dialect.ts';
import { TerminalError } from '../../lambdas/shared/model/errors.ts';
import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';

/** How a file is read: of orders, or of a dimension, which has no rules. */
export type FileForm = Pick<InputForm, 'wanted' | 'dialect' | 'encoding'> &
  Partial<Pick<InputForm, 'rules'>>;

const OWN_FORM: FileForm = { wanted: ORDER_COLUMNS, dialect: DEFAULT_DIALECT, encoding: null };

/** A file whose records go to the stream. */
export interface InputFile {
  /** The path that the user wrote. */
  readonly name: string;
  readonly store: ObjectStore;
  readonly key: string;
  /** How it is read; orders in Tandem's own form where it is left out. */
  readonly form?: FileForm;
}

/** A file that can be read to its end, as it was when it was looked at. */
export interface CheckedFile extends InputFile {
  readonly etag: string;
  /** Uncompressed. */
  readonly sizeBytes: number;
  /** Null: NDJSON, which has no header. */
  readonly layout: CsvLayout | null;
  /** True if its records are events in Tandem's own form, as they stand. */
  readonly holdsOwnEvents: boolean;
}

const EVERYTHING = {
  stopBefore: Number.POSITIVE_INFINITY,
  giveUpAt: Number.POSITIVE_INFINITY,
};

/**
 * Checks every file before the first record is sent: headers, and, for files to decode, all
 * content. Throws `TerminalError`: `file_not_found`, or `file_rejected` naming all files that batch
 * would reject, with the reason of each (contract §1.1).
 */
export async function checkFiles(
  files: readonly InputFile[],
  batch: CsvBatch,
  signal: AbortSignal,
): Promise<CheckedFile[]> {
  const checked: CheckedFile[] = [];
  const rejections: string[] = [];
  for (const file of files) {
    const result = await checkFile(file, batch, signal);
    if (typeof result === 'string') rejections.push(`${file.name}: ${result}`);
    else checked.push(result);
  }
  if (rejections.length === 0) return checked;
  const list = rejections.join('; ');
  throw new TerminalError('file_rejected', `nothing was sent: ${list}`);
}

/** A text is the reason of a rejection. */
async function checkFile(
  file: InputFile,
  batch: CsvBatch,
  signal: AbortSignal,
): Promise<CheckedFile | string> {
  const info = await file.store.head(file.key);
  if (info === null) throw new TerminalError('file_not_found', `no file ${file.name}`);
  const { etag } = info;
  const opened = await openFile(file, etag).catch((error: unknown) => reasonOf(file, error));
  if (typeof opened === 'string') return opened;
  try {
    let layout: CsvLayout | null = null;
    if (opened.kind === 'csv') {
      const reader = new RecordReader(opened.source, opened.startOffset, batch);
      const { wanted, dialect } = file.form ?? OWN_FORM;
      const header = await reader.header(wanted, dialect);
      if (header.kind === 'rejected') return header.reason;
      layout = header.layout;
    }
    const sizeBytes = opened.isDecoded
      ? await decodedBytes(file, etag, batch, signal)
      : info.sizeBytes;
    return { ...file, etag, sizeBytes, layout, holdsOwnEvents: layout === null && isOwn(file) };
  } catch (error) {
    return reasonOf(file, error);
  } finally {
    await opened.close();
  }
}

function isOwn({ form: { rules } = OWN_FORM }: InputFile): boolean {
  return rules === undefined || (rules.eventPaths === null && rules.mappedValues() === null);
}

/** Reads a file to its end. */
async function decodedBytes(
  file: InputFile,
  etag: string,
  { bytes }: CsvBatch,
  signal: AbortSignal,
): Promise<number> {
  const { source, startOffset, close } = await openFile(file, etag);
  try {
    let sizeBytes = startOffset;
    for (;;) {
      signal.throwIfAborted();
      const count = await source.read(bytes);
      if (count === 0) return sizeBytes;
      sizeBytes += count;
    }
  } finally {
    await close();
  }
}

/** Why batch would reject a file; throws what is no reason for that. */
function reasonOf(file: InputFile, error: unknown): string {
  if (error instanceof UnreadableInputError) return error.reason;
  throw asInputChanged(file.name, error);
}

async function openFile(
  { store, key, form = OWN_FORM }: InputFile,
  etag: string,
): Promise<OpenInput> {
  return await openInput(store.stream(key, { ifMatch: etag }), { encoding: form.encoding });
}

/**
 * Passes the records of a file to `consume`, in order and with values in Tandem's own form. Throws
 * `TerminalError` `input_changed` if the file has changed since it was checked.
 */
export async function readRecords(
  file: CheckedFile,
  batch: CsvBatch,
  consume: BatchConsumer,
): Promise<void> {
  let close = async () => {};
  try {
    const opened = await openFile(file, file.etag);
    close = opened.close;
    const reader = new RecordReader(opened.source, opened.startOffset, batch);
    const form = file.form ?? OWN_FORM;
    if (file.layout !== null) await reader.header(form.wanted, form.dialect);
    const mapped = form.rules?.mappedValues() ?? null;
    await reader.records(recordFormat(form, file.layout), EVERYTHING, (found, baseOffset) => {
      mapped?.apply(found, found.mappedAt);
      return consume(found, baseOffset);
    });
  } catch (error) {
    throw asInputChanged(file.name, error);
  } finally {
    await close();
  }
}
