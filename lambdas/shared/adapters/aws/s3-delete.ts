import { DeleteObjectCommand, DeleteObjectsCommand } from '@aws-sdk/client-s3';
import { RetryableError, TerminalError } from '../../model/errors.ts';
import type { S3Access } from './s3-conditional.ts';
import { S3_ACTIONS, toStoreError } from './s3-errors.ts';

/** S3's limit for one request. */
const BATCH_KEYS = 1_000;
/** Rounds for keys that S3 says to try again. */
const ROUNDS_MAX = 5;
const FIRST_PAUSE_MS = 100;
/** What the XML of a batch cannot hold, not even escaped. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about.
const NO_XML = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;
/** Error codes of single keys that pass. */
const PASSING = new Set(['InternalError', 'ServiceUnavailable', 'SlowDown', 'OperationAborted']);

/**
 * Deletes objects in batches. Missing keys are ignored, as S3 does, so that it is safe to repeat.
 */
export async function deleteObjects(access: S3Access, keys: readonly string[]): Promise<void> {
  const odd = keys.filter((key) => NO_XML.test(key));
  for (const key of odd) await deleteOne(access, key);
  const plain = odd.length === 0 ? keys : keys.filter((key) => !NO_XML.test(key));
  for (let at = 0; at < plain.length; at += BATCH_KEYS) {
    await deleteBatch(access, plain.slice(at, at + BATCH_KEYS));
  }
}

async function deleteBatch(access: S3Access, batch: readonly string[]): Promise<void> {
  const { clock, randomness } = access;
  let keys = batch;
  for (let round = 1; ; round++) {
    keys = await deleteRound(access, keys);
    if (keys.length === 0) return;
    if (round === ROUNDS_MAX) {
      throw new RetryableError(`delete: S3 deferred ${keys.length} keys, the first is ${keys[0]}`);
    }
    await clock.sleep(randomness.fraction() * FIRST_PAUSE_MS * 2 ** round);
  }
}

/** Which keys are to be tried again. */
async function deleteRound(access: S3Access, keys: readonly string[]): Promise<string[]> {
  const { client, bucket } = access;
  const command = new DeleteObjectsCommand({
    Bucket: bucket,
    Delete: { Objects: keys.map((Key) => ({ Key })), Quiet: true },
  });
  const { Errors = [] } = await client.send(command).catch((error: unknown) => {
    throw toStoreError(error, 'delete', { bucket, key: keys[0] });
  });
  return Errors.map(({ Key = '', Code = '', Message = '' }) => {
    if (PASSING.has(Code)) return Key;
    const advice =
      Code === 'AccessDenied' ? `: allow ${S3_ACTIONS.delete} on bucket ${bucket}` : '';
    throw new TerminalError(
      Code === 'AccessDenied' ? 'access_denied' : 'aws_refused',
      `delete ${JSON.stringify(Key)} of bucket ${bucket}: ${Code}: ${Message}${advice}`,
    );
  });
}

async function deleteOne({ client, bucket }: S3Access, key: string): Promise<void> {
  try {
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  } catch (error) {
    throw toStoreError(error, 'delete', { bucket, key });
  }
}
