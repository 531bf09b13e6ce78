import { setImmediate as nextTurn } from 'node:timers/promises';
import { asInputChanged } from '../../../lambdas/shared/ingest/list-landing.ts';
import { createReaderBatch } from '../../../lambdas/shared/ingest/record-reader.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import { withCleanUp } from '../../../lambdas/shared/runtime/errors.ts';
import { inParallel } from '../../../lambdas/shared/runtime/parallel.ts';
import { type CheckedFile, checkFiles } from '../../embedded/produce/input-file.ts';
import { hasContent } from './content-etag.ts';
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
  /** `equal`: it was there already, with the same content. */
  readonly status: 'uploaded' | 'equal';
}

/** What became of the files so far: also true where an upload throws. */
export class UploadTally {
  readonly files: Uploaded[] = [];

  get sentBytes(): number {
    return this.files.reduce((sum, { status, bytes }) => {
      return status === 'uploaded' ? sum + bytes : sum;
    }, 0);
  }
}

/**
 * Puts files into the landing bucket. All are checked before the first is sent; one that is there
 * with equal content is passed over, so that an upload which was stopped goes on. Throws
 * `TerminalError` as `checkFiles` does and `input_changed`; errors of the store; the signal's
 * reason, and then no file is half there.
 */
export async function uploadFiles(
  files: readonly UploadFile[],
  landing: ObjectStore,
  tally: UploadTally,
  options: {
    readonly signal: AbortSignal;
    readonly onProgress?: (progress: UploadProgress) => void;
  },
): Promise<void> {
  const { signal, onProgress } = options;
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
    const etag = await equalEtag(file, landing, compared);
    if (etag !== null) tally.files.push(resultOf(file, etag, 'equal'));
    return etag === null ? [file] : [];
  });
  const toSend = found.flat();
  const sent = meter('upload', sizeOf(toSend));
  await inParallel(toSend, PARALLEL_FILES, async (file) => {
    const etag = await send(file, landing, sent);
    tally.files.push(resultOf(file, etag, 'uploaded'));
  });
}

/** As it was when it was checked; `sizeBytes` as stored. */
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

/** The etag of the object, where it has the content of the file; null otherwise. */
async function equalEtag(
  file: CheckedUpload,
  landing: ObjectStore,
  onBytes: (bytes: number) => void,
): Promise<string | null> {
  const info = await landing.head(file.targetKey);
  if (info === null || info.sizeBytes !== file.sizeBytes) {
    onBytes(file.sizeBytes);
    return null;
  }
  const isEqual = await hasContent(info.etag, file.sizeBytes, piecesOf(file, onBytes));
  return isEqual ? info.etag : null;
}

async function send(
  file: CheckedUpload,
  landing: ObjectStore,
  onBytes: (bytes: number) => void,
): Promise<string> {
  const writer = landing.openWriter(file.targetKey);
  return await withCleanUp(
    async () => {
      for await (const piece of piecesOf(file, onBytes)) await writer.write(piece);
      return (await writer.commit()).etag;
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
