import {
  GzipInvalidError,
  gunzipped,
  piecesSource,
} from '../../../lambdas/shared/ingest/byte-sources.ts';
import type { CsvLayout } from '../../../lambdas/shared/ingest/csv-layout.ts';
import type { CsvBatch } from '../../../lambdas/shared/ingest/csv-scanner.ts';
import { asInputChanged, isGzip } from '../../../lambdas/shared/ingest/list-landing.ts';
import { ndjsonFormat } from '../../../lambdas/shared/ingest/ndjson.ts';
import {
  type BatchConsumer,
  csvFormat,
  RecordReader,
} from '../../../lambdas/shared/ingest/record-reader.ts';
import { ORDER_FIELDS } from '../../../lambdas/shared/model/order.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import { TerminalError } from '../../../lambdas/shared/runtime/errors.ts';

export type InputFormat = 'csv' | 'ndjson';

/** A file whose records go to the stream. */
export interface InputFile {
  /** As the user wrote it. */
  readonly name: string;
  readonly store: ObjectStore;
  readonly key: string;
  readonly format: InputFormat;
  /** Of the header of CSV; by default those of orders. */
  readonly fields?: readonly string[];
}

/** A file that can be read to its end, as it was when it was looked at. */
export interface CheckedFile extends InputFile {
  readonly etag: string;
  /** Uncompressed. */
  readonly sizeBytes: number;
  /** Null: NDJSON, which has no header. */
  readonly layout: CsvLayout | null;
}

const EVERYTHING = {
  stopBefore: Number.POSITIVE_INFINITY,
  giveUpAt: Number.POSITIVE_INFINITY,
};

/** By its name, compressed or not; null where that says nothing. */
export function inputFormatOf(name: string): InputFormat | null {
  if (/\.csv(\.gz)?$/i.test(name)) return 'csv';
  return /\.(ndjson|jsonl|json)(\.gz)?$/i.test(name) ? 'ndjson' : null;
}

/**
 * Looks at every file before a record of any is sent: headers, and gzip to its end. Throws
 * `TerminalError`: `file_not_found`, or `file_rejected` that names all files that batch would
 * reject, with the reason of each (contract §1.1).
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
  try {
    let layout: CsvLayout | null = null;
    if (file.format === 'csv') {
      const reader = new RecordReader(piecesSource(piecesOf(file, etag)), 0, batch);
      const header = await reader.header(file.fields ?? ORDER_FIELDS);
      if (header.kind === 'rejected') return header.reason;
      layout = header.layout;
    }
    let { sizeBytes } = info;
    if (isGzip(file.key)) {
      sizeBytes = 0;
      for await (const piece of piecesOf(file, etag)) {
        signal.throwIfAborted();
        sizeBytes += piece.length;
      }
    }
    return { ...file, etag, sizeBytes, layout };
  } catch (error) {
    if (error instanceof GzipInvalidError) return info.sizeBytes === 0 ? 'empty' : 'gzip_invalid';
    throw asInputChanged(file.name, error);
  }
}

function piecesOf({ store, key }: InputFile, etag: string): AsyncIterable<Uint8Array> {
  const stored = store.stream(key, { ifMatch: etag });
  return isGzip(key) ? gunzipped(stored) : stored;
}

/**
 * Hands the records of a file to `consume`, in order. Throws `TerminalError` `input_changed` where
 * it is another file now than it was.
 */
export async function readRecords(
  file: CheckedFile,
  batch: CsvBatch,
  consume: BatchConsumer,
): Promise<void> {
  try {
    const reader = new RecordReader(piecesSource(piecesOf(file, file.etag)), 0, batch);
    if (file.layout !== null) await reader.header(ORDER_FIELDS);
    const format = file.layout === null ? ndjsonFormat : csvFormat(file.layout);
    await reader.records(format, EVERYTHING, consume);
  } catch (error) {
    throw asInputChanged(file.name, error);
  }
}
