import {
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { assert, ObjectNotFoundError } from '../../model/errors.ts';
import type {
  ByteRange,
  GetOptions,
  ObjectInfo,
  ObjectStore,
  ObjectWriter,
  PutCondition,
} from '../../ports/object-store.ts';
import { assertKey, assertPrefix, assertRange, assertRangeFits } from '../object-keys.ts';
import { statusOf } from './aws-errors.ts';
import { failAtLostAnswer } from './lost-answers.ts';
import { conditionHeaders, metadataOf, type S3Access, writeObject } from './s3-conditional.ts';
import { deleteObjects } from './s3-delete.ts';
import { noBucket, type S3Action, toStoreError } from './s3-errors.ts';
import { type ListedObject, toObjectInfo } from './s3-listing.ts';
import { openRead } from './s3-reads.ts';
import { S3Writer } from './s3-writer.ts';

export interface S3ObjectStoreOptions extends S3Access {
  /** Size of a part in a multipart upload; S3 requires at least 5 MiB. */
  readonly partBytes?: number;
}

/**
 * An S3 bucket as object store. The SDK repeats requests that fail for the moment; what still fails
 * is a `RetryableError`. CRC-32 protects bodies on the way in, and on the way out if the object is
 * read whole.
 */
export class S3ObjectStore implements ObjectStore {
  readonly #access: S3Access;
  readonly #partBytes: number | undefined;
  #isBucketKnown = false;

  constructor({ partBytes, ...access }: S3ObjectStoreOptions) {
    this.#access = access;
    this.#partBytes = partBytes;
  }

  get bucket(): string {
    return this.#access.bucket;
  }

  async head(key: string): Promise<ObjectInfo | null> {
    assertKey(key);
    return this.#head(key, undefined);
  }

  async get(key: string, options: GetOptions = {}): Promise<Uint8Array> {
    const { sizeBytes, pieces } = await this.#open(key, options);
    const bytes = new Uint8Array(sizeBytes);
    await fill(bytes, pieces);
    return bytes;
  }

  async getInto(
    key: string,
    target: Uint8Array,
    options: GetOptions & { range: ByteRange },
  ): Promise<number> {
    assertRangeFits(options.range, target.length);
    const { sizeBytes, pieces } = await this.#open(key, options);
    await fill(target.subarray(0, sizeBytes), pieces);
    return sizeBytes;
  }

  async *stream(key: string, options: Pick<GetOptions, 'ifMatch'> = {}): AsyncIterable<Uint8Array> {
    yield* (await this.#open(key, options)).pieces;
  }

  async put(
    key: string,
    body: Uint8Array,
    condition: PutCondition = {},
  ): Promise<{ etag: string }> {
    assertKey(key);
    return { etag: await this.#put(key, body.slice(), condition) };
  }

  openWriter(key: string): ObjectWriter {
    assertKey(key);
    return new S3Writer(this.#access, key, {
      putWhole: (bytes, condition) => this.#put(key, bytes, condition),
      ...(this.#partBytes !== undefined && { partBytes: this.#partBytes }),
    });
  }

  async *list(prefix: string): AsyncIterable<ObjectInfo> {
    assertPrefix(prefix);
    const { client, bucket } = this.#access;
    let token: string | undefined;
    do {
      const command = new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        ContinuationToken: token,
        // Keys may hold what XML cannot.
        EncodingType: 'url',
      });
      const page = await this.#asked('list', prefix, () => client.send(command));
      for (const object of page.Contents ?? []) {
        const info = toObjectInfo(object as ListedObject, bucket);
        if (info !== null) yield info;
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  async delete(keys: readonly string[]): Promise<void> {
    keys.forEach(assertKey);
    await deleteObjects(this.#access, [...new Set(keys)]);
  }

  async #open(key: string, { range, ifMatch }: GetOptions): ReturnType<typeof openRead> {
    assertKey(key);
    if (range !== undefined) assertRange(range);
    const { client, bucket } = this.#access;
    if (range === undefined || range.startByte < range.endByte) {
      return openRead({ client, bucket, key, range, ifMatch });
    }
    // No range of HTTP is empty; whether there is such an object is asked all the same.
    const info = await this.#head(key, ifMatch);
    if (info === null) throw new ObjectNotFoundError(key);
    return { sizeBytes: 0, pieces: (async function* () {})() };
  }

  async #head(key: string, ifMatch: string | undefined): Promise<ObjectInfo | null> {
    const { client, bucket } = this.#access;
    const command = new HeadObjectCommand({ Bucket: bucket, Key: key, IfMatch: ifMatch });
    try {
      const { ContentLength, ETag, LastModified } = await client.send(command);
      this.#isBucketKnown = true;
      assert(ContentLength !== undefined && ETag !== undefined, 'S3 describes an object');
      const modifiedAtMs = LastModified?.getTime() ?? 0;
      return { key, sizeBytes: ContentLength, etag: ETag, modifiedAtMs };
    } catch (error) {
      if (statusOf(error) !== 404) throw toStoreError(error, 'read', { bucket, key });
      await this.#assertBucket();
      return null;
    }
  }

  /** An answer to HEAD has no body, so that it does not say whether the bucket is missing. */
  async #assertBucket(): Promise<void> {
    if (this.#isBucketKnown) return;
    const { client, bucket } = this.#access;
    try {
      await client.send(new HeadBucketCommand({ Bucket: bucket }));
      this.#isBucketKnown = true;
    } catch (error) {
      if (statusOf(error) === 404) throw noBucket(bucket, { cause: error });
      throw toStoreError(error, 'list', { bucket, key: '' });
    }
  }

  async #put(key: string, bytes: Uint8Array, condition: PutCondition): Promise<string> {
    const writeId = this.#access.randomness.id();
    const send = async (): Promise<string> => {
      const command = new PutObjectCommand({
        Bucket: this.bucket,
        Key: key,
        Body: bytes,
        ...conditionHeaders(condition),
        Metadata: metadataOf(writeId),
      });
      failAtLostAnswer(command);
      const { ETag } = await this.#access.client.send(command);
      assert(ETag !== undefined, 'S3 names the version that it made');
      return ETag;
    };
    return writeObject(this.#access, { key, condition, send, writeId });
  }

  async #asked<T>(action: S3Action, key: string, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw toStoreError(error, action, { bucket: this.bucket, key });
    }
  }
}

/** Copies directly from the socket's memory to the target. */
async function fill(target: Uint8Array, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  let at = 0;
  for await (const piece of pieces) {
    target.set(piece, at);
    at += piece.length;
  }
  assert(at === target.length, 'a read brings as many bytes as it announced');
}
