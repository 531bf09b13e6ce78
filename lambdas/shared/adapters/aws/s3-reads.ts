import type { Readable } from 'node:stream';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { assert, RetryableError } from '../../model/errors.ts';
import type { ByteRange } from '../../ports/object-store.ts';
import { statusOf } from './aws-errors.ts';
import { toStoreError } from './s3-errors.ts';

/** How often a body may break off without having brought a byte. */
const BREAKS_MAX = 3;

export interface ReadRequest {
  readonly client: S3Client;
  readonly bucket: string;
  readonly key: string;
  /** Must not be empty. */
  readonly range?: ByteRange | undefined;
  readonly ifMatch?: string | undefined;
}

export interface OpenedRead {
  readonly sizeBytes: number;
  /** Pieces in order, to be read once. Leaving early closes the connection. */
  readonly pieces: AsyncIterable<Uint8Array>;
}

/**
 * Opens a read of one version of an object. If the connection breaks, it resumes there, provided
 * that the object is still that version; otherwise it throws.
 */
export async function openRead(request: ReadRequest): Promise<OpenedRead> {
  const first = await openBody(request);
  if (first === null) return { sizeBytes: 0, pieces: emptyPieces() };
  return { sizeBytes: first.sizeBytes, pieces: pieces(request, first) };
}

interface OpenedBody {
  readonly body: Readable;
  readonly sizeBytes: number;
  readonly etag: string;
}

/** Null if the range starts after the end of the object. */
async function openBody(request: ReadRequest): Promise<OpenedBody | null> {
  const { client, bucket, key, range, ifMatch } = request;
  try {
    const answer = await client.send(
      new GetObjectCommand({
        Bucket: bucket,
        Key: key,
        IfMatch: ifMatch,
        Range: range && `bytes=${range.startByte}-${range.endByte - 1}`,
      }),
    );
    const { Body, ContentLength, ETag } = answer;
    assert(Body !== undefined && ContentLength !== undefined, 'S3 answers a get with a body');
    assert(ETag !== undefined, 'S3 names the version that it gives');
    return { body: Body as Readable, sizeBytes: ContentLength, etag: ETag };
  } catch (error) {
    // "InvalidRange": the object ends before the range. Conditions were checked before.
    if (statusOf(error) === 416) return null;
    throw toStoreError(error, 'read', request);
  }
}

async function* pieces(request: ReadRequest, first: OpenedBody): AsyncIterable<Uint8Array> {
  const { key } = request;
  const { sizeBytes, etag } = first;
  let { body }: { body: Readable } = first;
  let readBytes = 0;
  for (let breaks = 0; ; breaks++) {
    try {
      for await (const piece of body as AsyncIterable<Uint8Array>) {
        readBytes += piece.length;
        breaks = 0;
        yield piece;
      }
      if (readBytes === sizeBytes) return;
      throw new RetryableError(`${key}: received ${readBytes} of ${sizeBytes} bytes`);
    } catch (error) {
      // All bytes came, so their checksum is wrong, and the caller may have used them already.
      if (breaks === BREAKS_MAX || readBytes >= sizeBytes) {
        throw new RetryableError(`${key}: received bytes differ from the stored ones`, {
          cause: error,
        });
      }
    } finally {
      body.destroy();
    }
    const startByte = (request.range?.startByte ?? 0) + readBytes;
    const endByte = startByte + sizeBytes - readBytes;
    const rest = await openRest(request, { startByte, endByte }, etag);
    assert(rest?.sizeBytes === sizeBytes - readBytes, 'a version of an object keeps its size');
    body = rest.body;
  }
}

async function openRest(
  request: ReadRequest,
  range: ByteRange,
  etag: string,
): Promise<OpenedBody | null> {
  try {
    return await openBody({ ...request, range, ifMatch: etag });
  } catch (error) {
    if (request.ifMatch !== undefined) throw error;
    throw new RetryableError(`${request.key} changed while it was read`, { cause: error });
  }
}

async function* emptyPieces(): AsyncIterable<Uint8Array> {}
