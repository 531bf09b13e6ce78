import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { assert, TerminalError } from '../../model/errors.ts';
import type { ObjectWriter, PutCondition } from '../../ports/object-store.ts';
import { isNamed } from './aws-errors.ts';
import { failAtLostAnswer } from './lost-answers.ts';
import { PartBuffer } from './part-buffer.ts';
import { conditionHeaders, metadataOf, type S3Access, writeObject } from './s3-conditional.ts';
import { type S3Action, toStoreError } from './s3-errors.ts';

/** S3 takes parts of 5 MiB to 5 GiB, the last one may be smaller. */
const PART_BYTES = 8 * 1024 * 1024;
/** S3's limit: with the size above, an object has 78 GiB at most. */
const PARTS_MAX = 10_000;
/** Parts that are on their way while the next one is filled: the memory of a writer is three. */
const PARTS_IN_FLIGHT_MAX = 2;

export interface S3WriterParts {
  /** Puts an object that is small enough for one request. */
  readonly putWhole: (bytes: Uint8Array, condition: PutCondition) => Promise<string>;
  readonly partBytes?: number;
}

/**
 * Writes by multipart upload, or by one put if the object is smaller than a part. Parts left by a
 * killed process are not objects; the bucket's lifecycle rule removes them.
 */
export class S3Writer implements ObjectWriter {
  readonly #access: S3Access;
  readonly #key: string;
  readonly #putWhole: S3WriterParts['putWhole'];
  readonly #writeId: string;
  readonly #buffer: PartBuffer;
  readonly #parts: Promise<CompletedPart>[] = [];
  readonly #inFlight = new Set<Promise<unknown>>();
  #upload: Promise<string> | null = null;
  #failure: { readonly error: unknown } | null = null;
  #isClosed = false;

  constructor(access: S3Access, key: string, { putWhole, partBytes }: S3WriterParts) {
    this.#access = access;
    this.#key = key;
    this.#putWhole = putWhole;
    this.#writeId = access.randomness.id();
    this.#buffer = new PartBuffer(partBytes ?? PART_BYTES);
  }

  async write(bytes: Uint8Array): Promise<void> {
    assert(!this.#isClosed, `${this.#key} is written to after commit or abort`);
    for (let at = 0; at < bytes.length; ) {
      at += this.#buffer.append(bytes.subarray(at));
      if (this.#buffer.isFull) await this.#sendPart();
    }
  }

  async commit(condition: PutCondition = {}): Promise<{ etag: string }> {
    assert(!this.#isClosed, `${this.#key} is committed after commit or abort`);
    this.#isClosed = true;
    if (this.#parts.length === 0) {
      return { etag: await this.#putWhole(this.#buffer.take(), condition) };
    }
    try {
      if (this.#buffer.length > 0) await this.#sendPart();
      return { etag: await this.#complete(await Promise.all(this.#parts), condition) };
    } catch (error) {
      // What went wrong first is worth more to know than that parts are left, too.
      await this.#removeParts().catch(() => undefined);
      throw error;
    }
  }

  async abort(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#removeParts();
  }

  async #sendPart(): Promise<void> {
    if (this.#parts.length === PARTS_MAX) {
      const message = `${this.#key} is larger than an upload of ${PARTS_MAX} parts allows`;
      throw new TerminalError('object_too_large', message);
    }
    const part = this.#uploadPart(this.#parts.length + 1, this.#buffer.take());
    this.#parts.push(part);
    // `commit` awaits the part itself; a `write` tells of its failure earlier.
    const settled: Promise<void> = part
      .then(() => undefined)
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#inFlight.delete(settled));
    this.#inFlight.add(settled);
    if (this.#inFlight.size >= PARTS_IN_FLIGHT_MAX) await Promise.race(this.#inFlight);
    if (this.#failure !== null) throw this.#failure.error;
  }

  async #uploadPart(number: number, bytes: Uint8Array): Promise<CompletedPart> {
    this.#upload ??= this.#begin();
    const command = new UploadPartCommand({
      ...this.#place,
      UploadId: await this.#upload,
      PartNumber: number,
      Body: bytes,
    });
    const { ETag, ChecksumCRC32 } = await this.#asked('write', () =>
      this.#access.client.send(command),
    );
    return { PartNumber: number, ETag, ChecksumCRC32 };
  }

  async #begin(): Promise<string> {
    const command = new CreateMultipartUploadCommand({
      ...this.#place,
      // S3 refuses the parts' checksums at the end without it.
      ChecksumAlgorithm: 'CRC32',
      Metadata: metadataOf(this.#writeId),
    });
    const { UploadId } = await this.#asked('write', () => this.#access.client.send(command));
    assert(UploadId !== undefined, 'S3 gives a begun upload an id');
    return UploadId;
  }

  async #complete(parts: CompletedPart[], condition: PutCondition): Promise<string> {
    const uploadId = await this.#upload;
    assert(uploadId !== null, 'an upload with parts has begun');
    const send = async (): Promise<string> => {
      const command = new CompleteMultipartUploadCommand({
        ...this.#place,
        ...conditionHeaders(condition),
        UploadId: uploadId,
        MultipartUpload: { Parts: parts },
      });
      failAtLostAnswer(command);
      const { ETag } = await this.#access.client.send(command);
      assert(ETag !== undefined, 'S3 names the version that it made');
      return ETag;
    };
    return writeObject(this.#access, { key: this.#key, condition, send, writeId: this.#writeId });
  }

  async #removeParts(): Promise<void> {
    const uploadId = await this.#upload?.catch(() => null);
    // A part that arrives after the end of its upload would stay.
    await Promise.all(this.#inFlight);
    if (!uploadId) return;
    await this.#asked('abort the upload of', async () => {
      const command = new AbortMultipartUploadCommand({ ...this.#place, UploadId: uploadId });
      try {
        await this.#access.client.send(command);
      } catch (error) {
        if (!isNamed(error, 'NoSuchUpload')) throw error;
      }
    });
  }

  get #place(): { Bucket: string; Key: string } {
    return { Bucket: this.#access.bucket, Key: this.#key };
  }

  async #asked<T>(action: S3Action, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw toStoreError(error, action, { bucket: this.#access.bucket, key: this.#key });
    }
  }
}
