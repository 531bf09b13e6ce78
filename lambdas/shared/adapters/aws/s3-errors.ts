import {
  ObjectNotFoundError,
  PreconditionFailedError,
  RetryableError,
  TerminalError,
} from '../../runtime/errors.ts';
import { isNamed, statusOf, toCallError } from './aws-errors.ts';
import { NoAnswerError } from './lost-answers.ts';

/** What is done to an object, and the permission that it takes. */
export const S3_ACTIONS = {
  read: 's3:GetObject and s3:ListBucket (without it S3 answers 403 for a key that does not exist)',
  write: 's3:PutObject',
  'abort the upload of': 's3:AbortMultipartUpload',
  list: 's3:ListBucket',
  delete: 's3:DeleteObject',
} as const;

export type S3Action = keyof typeof S3_ACTIONS;

export interface S3Place {
  readonly bucket: string;
  /** Or the prefix of a list. */
  readonly key: string;
}

/** The error of the port for what S3 answered to an unconditional call, or to a read. */
export function toStoreError(error: unknown, action: S3Action, { bucket, key }: S3Place): unknown {
  if (error instanceof NoAnswerError) return toStoreError(error.lost, action, { bucket, key });
  const options = { cause: error };
  if (isNamed(error, 'NoSuchBucket')) return noBucket(bucket, options);
  const status = statusOf(error);
  if (action === 'read' && status === 404) return new ObjectNotFoundError(key, options);
  if (action === 'read' && status === 412) {
    return new PreconditionFailedError(key, 'if-match', options);
  }
  if (status === 409) {
    return new RetryableError(`${action} ${key}: another writer is at it`, options);
  }
  return toCallError(error, {
    what: `${action} ${JSON.stringify(key)} of bucket ${bucket}`,
    resource: `bucket ${bucket}`,
    permission: S3_ACTIONS[action],
  });
}

export function noBucket(bucket: string, options?: ErrorOptions): TerminalError {
  return new TerminalError(
    'bucket_not_found',
    `no bucket ${bucket}: check the name, the account and the region`,
    options,
  );
}
