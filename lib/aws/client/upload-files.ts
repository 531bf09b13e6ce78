import { setImmediate as nextTurn } from 'node:timers/promises';
import { asInputChanged } from '../../../lambdas/shared/ingest/list-landing.ts';
import { createReaderBatch } from '../../../lambdas/shared/ingest/record-reader.ts';
import {
  PreconditionFailedError,
  TerminalError,
  withCleanUp,
} from '../../../lambdas/shared/model/errors.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import { inParallel } from '../../../lambdas/shared/runtime/parallel.ts';
import { type CheckedFile, checkFiles } from '../../common/input-file.ts';
import { hasContent, isSameContent } from './content-etag.ts';
import type { UploadFile } from './find-uploads.ts';

/** Files at once; each holds three parts of 8 MiB in memory. */
const PARALLEL_FILES = 4;

export interface UploadProgress {
  readonly stage: 'compare' | 'upload';
  readonly bytesDone: number;
  readonly bytesTotal: number;
}

export interface Uploaded {
  readonly key: string;
  readonly etag: string;
  readonly bytes: number;
  /** `equal`: it was there already, with the same content; `replaced`: with other content. */
  readonly status: 'uploaded' | 'replaced' | 'equal';
}

/** The progress of an upload; also correct if the upload throws. */
export class UploadTally {
  readonly files: Uploaded[] = [];

  get sentBytes(): number {
    return this.files.reduce((sum, { status, bytes }) => {
      return status === 'equal' ? sum : sum + bytes;
    }, 0);
  }
}

export interface UploadOptions {
  readonly signal: AbortSignal;
  /** Replaces what is there with other content. */
  readonly overwrite?: boolean;
  readonly onProgress?: (progress: UploadProgress) => void;
}

/** Names in a message. */
const MAX_NAMES = 5;

/**
 * Puts files into the landing bucket. Checks all before sending the first, and skips those that
 * exist with equal content, so that an interrupted upload can be repeated. If other content exists,
 * sends nothing unless `overwrite` is set. Throws the errors of `checkFiles`, `TerminalError`
 * `upload_exists` and `input_changed`, the store's errors, or the signal's reason; no file is ever
 * half uploaded.
 */
export async function uploadFiles(
  files: readonly UploadFile[],
  landing: ObjectStore,
  tally: UploadTally,
  { signal, overwrite = false, onProgress }: UploadOptions,
): Promise<void> {
  const checked = await checkUploads(files, signal);
  const meter = (stage: UploadProgress['stage'], bytesTotal: number) => {
    let bytesDone = 0;
    return (bytes: number) => {
      signal.throwIfAborted();
      bytesDone += bytes;
      onProgress?.({ stage, bytesDone, bytesTotal });
    };
  };
  const sizeOf = (list: readonly CheckedUpload[]) =>
    list.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const compared = meter('compare', sizeOf(checked));
  const found = await inParallel(checked, PARALLEL_FILES, async (file) => {
    const there = await lookAt(file, landing, compared);
    if (there.is !== 'equal') return [{ ...file, isThere: there.is === 'other' }];
    tally.files.push(resultOf(file, there.etag, 'equal'));
    return [];
  });
  const toSend = found.flat();
  const others = toSend.filter(({ isThere }) => isThere).map(({ targetKey }) => targetKey);
  if (others.length > 0 && !overwrite) throw existing(others);
  const sent = meter('upload', sizeOf(toSend));
  await inParallel(toSend, PARALLEL_FILES, async (file) => {
    const etag = await send(file, landing, overwrite, sent);
    tally.files.push(resultOf(file, etag, file.isThere ? 'replaced' : 'uploaded'));
  });
}

/** State of the file when it was checked; `sizeBytes` as stored. */
type CheckedUpload = UploadFile & { readonly etag: string };

async function checkUploads(
  files: readonly UploadFile[],
  signal: AbortSignal,
): Promise<CheckedUpload[]> {
  const checked: readonly CheckedFile[] = await checkFiles(files, createReaderBatch(), signal);
  return files.map((file, index) => ({ ...file, etag: checked[index].etag }));
}

function resultOf(
  { targetKey, sizeBytes }: UploadFile,
  etag: string,
  status: Uploaded['status'],
): Uploaded {
  return { key: targetKey, etag, bytes: sizeBytes, status };
}

function existing(keys: readonly string[]): TerminalError {
  const rest = keys.length > MAX_NAMES ? ` and ${keys.length - MAX_NAMES} more` : '';
  const names = keys.slice(0, MAX_NAMES).join(', ');
  return new TerminalError(
    'upload_exists',
    `nothing was sent: ${names}${rest}: the bucket has other content under this name. Replace it with ` +
      '--overwrite (npx tandem restore undoes that), or rename the file',
  );
}

type There = { readonly is: 'none' | 'other' } | { readonly is: 'equal'; readonly etag: string };

/** What is at the file's place. Bytes are compared where the etag does not tell. */
async function lookAt(
  file: CheckedUpload,
  landing: ObjectStore,
  onBytes: (bytes: number) => void,
): Promise<There> {
  const info = await landing.head(file.targetKey);
  if (info === null || info.sizeBytes !== file.sizeBytes) {
    onBytes(file.sizeBytes);
    return { is: info === null ? 'none' : 'other' };
  }
  const { etag } = info;
  const isEqual =
    (await hasContent(etag, file.sizeBytes, piecesOf(file, onBytes))) ??
    (await isSameContent(
      landing.stream(file.targetKey, { ifMatch: etag }),
      piecesOf(file, onBytes),
    ));
  return isEqual ? { is: 'equal', etag } : { is: 'other' };
}

async function send(
  file: CheckedUpload,
  landing: ObjectStore,
  overwrite: boolean,
  onBytes: (bytes: number) => void,
): Promise<string> {
  const writer = landing.openWriter(file.targetKey);
  return await withCleanUp(
    async () => {
      for await (const piece of piecesOf(file, onBytes)) await writer.write(piece);
      try {
        return (await writer.commit(overwrite ? {} : { ifNoneMatch: true })).etag;
      } catch (cause) {
        if (!(cause instanceof PreconditionFailedError)) throw cause;
        const message = `${file.targetKey} was uploaded by another process in the meantime; run it again`;
        throw new TerminalError('upload_exists', message, { cause });
      }
    },
    () => writer.abort(),
  );
}

async function* piecesOf(
  { store, key, name, etag }: CheckedUpload,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of store.stream(key, { ifMatch: etag })) {
      yield piece;
      onBytes(piece.length);
      // Files are read without a pause, in which a signal could be heard.
      await nextTurn();
    }
  } catch (error) {
    throw asInputChanged(name, error);
  }
}
