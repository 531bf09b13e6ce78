import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { PreconditionFailedError, RetryableError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PutCondition } from '../../ports/object-store.ts';
import type { Randomness } from '../../ports/randomness.ts';
import { isNamed, statusOf } from './aws-errors.ts';
import { NoAnswerError } from './lost-answers.ts';
import { toStoreError } from './s3-errors.ts';

/** Tries of a write that met another writer (409) or had no answer. */
const ATTEMPTS_MAX = 8;
const FIRST_PAUSE_MS = 50;
/** Metadata of an object: which write made it. */
const WRITE_ID = 'write-id';

export interface S3Access {
  readonly client: S3Client;
  readonly bucket: string;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

/** A put condition in the form of S3's commands. */
export function conditionHeaders({ ifNoneMatch, ifMatch }: PutCondition): {
  IfNoneMatch?: '*';
  IfMatch?: string;
} {
  return { ...(ifNoneMatch && { IfNoneMatch: '*' }), ...(ifMatch && { IfMatch: ifMatch }) };
}

/** One write of one object, from its first request to its last. */
export interface Write {
  readonly key: string;
  readonly condition: PutCondition;
  /** What makes the object; may be called again. Answers its etag. */
  readonly send: () => Promise<string>;
  /**
   * Unique to this write; stored as metadata of the object, so that a retry recognises its own
   * effect.
   */
  readonly writeId: string;
}

/**
 * Metadata that marks an object as made by this write, so that a retry can recognise its own
 * effect.
 */
export function metadataOf(writeId: string): Record<string, string> {
  return { [WRITE_ID]: writeId };
}

/**
 * Writes an object until an answer tells the outcome, and returns the etag. A write whose answer
 * was lost is sent again; if S3 then reports a failed condition or an ended upload, the object's
 * metadata tells whether this write made it. Throws `PreconditionFailedError`, `RetryableError`.
 */
export async function writeObject(access: S3Access, write: Write): Promise<string> {
  const { key, condition } = write;
  let isLost = false;
  for (let attempt = 1; ; attempt++) {
    try {
      return await write.send();
    } catch (error) {
      isLost ||= error instanceof NoAnswerError;
      const isOver = isConditionFailure(error, condition) || isNamed(error, 'NoSuchUpload');
      const etag = isOver && isLost ? await etagOfOwn(access, write) : null;
      if (etag !== null) return etag;
      if (isConditionFailure(error, condition)) {
        const name = condition.ifNoneMatch ? 'if-none-match' : 'if-match';
        throw new PreconditionFailedError(key, name, { cause: error });
      }
      if (isNamed(error, 'NoSuchUpload')) {
        // After a 409 an upload may have ended; write the object again from its start.
        throw new RetryableError(`${key}: the upload ended but the object does not exist`, {
          cause: error,
        });
      }
      const isAgain = statusOf(error) === 409 || error instanceof NoAnswerError;
      if (!isAgain || attempt === ATTEMPTS_MAX)
        throw toStoreError(error, 'write', place(access, key));
    }
    await access.clock.sleep(access.randomness.fraction() * FIRST_PAUSE_MS * 2 ** attempt);
  }
}

/** 412; or 404 where the object that was to have an etag does not exist. */
function isConditionFailure(error: unknown, { ifMatch }: PutCondition): boolean {
  if (statusOf(error) === 412) return true;
  return ifMatch !== undefined && isNamed(error, 'NoSuchKey');
}

async function etagOfOwn(access: S3Access, { key, writeId }: Write): Promise<string | null> {
  try {
    const command = new HeadObjectCommand({ Bucket: access.bucket, Key: key });
    const { ETag, Metadata } = await access.client.send(command);
    return Metadata?.[WRITE_ID] === writeId ? (ETag ?? null) : null;
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw toStoreError(error, 'read', place(access, key));
  }
}

function place({ bucket }: S3Access, key: string): { bucket: string; key: string } {
  return { bucket, key };
}
