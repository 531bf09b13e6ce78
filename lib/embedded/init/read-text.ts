import { UnreadableInputError } from '../../../lambdas/shared/ingest/byte-sources.ts';
import { FIRST_BYTES, kindOf } from '../../../lambdas/shared/ingest/input-kind.ts';
import { openInput } from '../../../lambdas/shared/ingest/open-input.ts';
import { TerminalError } from '../../../lambdas/shared/model/errors.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import { type Encoding, Utf8Counter } from './detect-encoding.ts';

/** A file that `init` looks at. */
export interface OrderFile {
  /** As the user wrote it. */
  readonly name: string;
  readonly store: ObjectStore;
  readonly key: string;
  /** The key below the landing root; null: it lies elsewhere. */
  readonly landingKey: string | null;
}

/** What wraps the text of a file. */
export interface Wrapping {
  readonly kind: 'csv' | 'ndjson';
  readonly isGzip: boolean;
  /** What its byte order mark says, which wins over any guess. */
  readonly mark: 'utf-8' | 'utf-16' | null;
}

const READ_BYTES = 1024 * 1024;
const UTF8_MARK = '\ufeff';

/**
 * Reads a file, unpacked and decoded, piece by piece. `onPiece` returns false to stop early.
 * Returns what wraps the text, what the text says of its encoding, and whether it was read to its
 * end. Throws `TerminalError`: `file_not_found`, or `file_rejected` with the reason.
 */
export async function readText(
  file: OrderFile,
  encoding: Encoding,
  onPiece: (text: string, sizeBytes: number) => boolean,
): Promise<{ wrapping: Wrapping; utf8: Utf8Counter; isWhole: boolean }> {
  const info = await file.store.head(file.key);
  if (info === null) throw new TerminalError('file_not_found', `no file ${file.name}`);
  try {
    return await decoded(file, info.etag, encoding, onPiece);
  } catch (error) {
    if (!(error instanceof UnreadableInputError)) throw error;
    const message = `${file.name}: ${error.reason}`;
    throw new TerminalError('file_rejected', message, { cause: error });
  }
}

async function decoded(
  { store, key }: OrderFile,
  etag: string,
  encoding: Encoding,
  onPiece: (text: string, sizeBytes: number) => boolean,
) {
  const first = await firstBytes(store, key, etag);
  const isGzip = kindOf(first, first.length, true).kind === 'gzip';
  const input = await openInput(store.stream(key, { ifMatch: etag }));
  const utf8 = new Utf8Counter();
  const bytes = new Uint8Array(READ_BYTES);
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  let hasUtf8Mark = input.startOffset > 0;
  let isFirst = true;
  try {
    for (;;) {
      const count = await input.source.read(bytes);
      let text = decoder.decode(bytes.subarray(0, count), { stream: count > 0 });
      utf8.add(text);
      if (isFirst && (text.startsWith(UTF8_MARK) || text.startsWith('ï»¿'))) {
        hasUtf8Mark = true;
        text = text.slice(text.startsWith(UTF8_MARK) ? 1 : 3);
      }
      isFirst = false;
      const goesOn = text === '' || onPiece(text, count);
      if (count > 0 && goesOn) continue;
      const isUtf16 = input.isDecoded && !isGzip;
      const mark = isUtf16 ? 'utf-16' : hasUtf8Mark ? 'utf-8' : null;
      return { wrapping: { kind: input.kind, isGzip, mark } as const, utf8, isWhole: count === 0 };
    }
  } finally {
    await input.close();
  }
}

async function firstBytes(store: ObjectStore, key: string, etag: string): Promise<Uint8Array> {
  const target = new Uint8Array(FIRST_BYTES);
  const range = { startByte: 0, endByte: FIRST_BYTES };
  const count = await store.getInto(key, target, { range, ifMatch: etag });
  return target.subarray(0, count);
}
