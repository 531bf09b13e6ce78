import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { ObjectReader } from '../ports/object-store.ts';
import type { ByteSource } from './record-reader.ts';

/**
 * Bytes fetched after the end of a chunk to finish its last record, doubled each time: whether a
 * quote opens a field may be known only 1 MiB later.
 */
export const OVERRUN_BYTES = 64 * 1024;

/**
 * An object's bytes from `startByte` on, fetched in ranges that stop soon after `softEnd`. Reads
 * name the etag, so that a changed object fails instead of mixing two versions.
 */
export function rangeSource(
  store: ObjectReader,
  object: { readonly key: string; readonly etag: string; readonly sizeBytes: number },
  startByte: number,
  softEnd: number,
): ByteSource {
  let at = startByte;
  let overrunBytes = OVERRUN_BYTES;
  return {
    async read(target) {
      const wanted = at < softEnd ? softEnd + OVERRUN_BYTES - at : overrunBytes;
      if (at >= softEnd) overrunBytes *= 2;
      const endByte = Math.min(object.sizeBytes, at + Math.min(target.length, wanted));
      if (at >= endByte) return 0;
      const range = { startByte: at, endByte };
      const count = await store.getInto(object.key, target, { range, ifMatch: object.etag });
      at += count;
      return count;
    },
  };
}

/**
 * An input that cannot be read, or not to its end. `reason` becomes that of the rejected file
 * (contract §1.1).
 */
export class UnreadableInputError extends Error {
  override readonly name = 'UnreadableInputError';
  /** `gzip_invalid`, `encoding_invalid`, `format_unsupported: zip`. */
  readonly reason: string;

  constructor(reason: string, options: ErrorOptions = {}) {
    super(reason, options);
    this.reason = reason;
  }
}

/**
 * Turns pieces of any size into a source that fills the buffer it is given, so that the size of the
 * pieces never shows in a result.
 */
export function piecesSource(pieces: AsyncIterable<Uint8Array>): ByteSource {
  return iteratorSource(new Uint8Array(0), pieces[Symbol.asyncIterator]());
}

/**
 * A source like `piecesSource`, for an iterator whose first piece, `first`, has already been taken.
 */
export function iteratorSource(first: Uint8Array, iterator: AsyncIterator<Uint8Array>): ByteSource {
  let piece = first;
  return {
    async read(target) {
      let filled = 0;
      while (filled < target.length) {
        if (piece.length === 0) {
          const next = await iterator.next();
          if (next.done) return filled;
          piece = next.value;
        }
        const count = Math.min(piece.length, target.length - filled);
        target.set(piece.subarray(0, count), filled);
        piece = piece.subarray(count);
        filled += count;
      }
      return filled;
    },
  };
}

/**
 * Decompresses gzip: several members are fine, trailing bytes are not (contract §1.1). Throws
 * `UnreadableInputError` after the last good byte; errors of `compressed` itself go through as they
 * are.
 */
export async function* gunzipped(
  compressed: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let bytesIn = 0;
  let readError: unknown;
  async function* counted() {
    try {
      for await (const piece of compressed) {
        bytesIn += piece.length;
        yield piece;
      }
    } catch (error) {
      readError = error;
      throw error;
    }
  }
  const gunzip = createGunzip();
  const done = pipeline(Readable.from(counted()), gunzip).catch((error: unknown) => error);
  try {
    yield* gunzip;
  } catch (error) {
    if (readError !== undefined) throw readError;
    throw new UnreadableInputError('gzip_invalid', { cause: error });
  }
  const failure = await done;
  if (failure !== undefined && readError !== undefined) throw readError;
  if (bytesIn === 0 || gunzip.bytesWritten !== bytesIn) {
    throw new UnreadableInputError('gzip_invalid');
  }
}
