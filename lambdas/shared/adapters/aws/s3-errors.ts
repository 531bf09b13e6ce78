import {
  ObjectNotFoundError,
  ObjectUnreadableError,
  PreconditionFailedError,
  RetryableError,
  TerminalError,
} from '../../model/errors.ts';
import { isNamed, saidBy, statusOf, toCallError, troubleOf } from './aws-errors.ts';
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
  /** Key of the object, or the prefix of a listing. */
  readonly key: string;
}

/** Maps an S3 error of an unconditional call or a read to the errors of the `ObjectStore` port. */
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
    return new RetryableError(`${action} ${key}: another writer is changing it`, options);
  }
  const unreadable = action === 'read' ? toUnreadable(error, { bucket, key }) : null;
  if (unreadable !== null) return unreadable;
  return toCallError(error, {
    what: `${action} ${JSON.stringify(key)} of bucket ${bucket}`,
    resource: `bucket ${bucket}`,
    permission: S3_ACTIONS[action],
  });
}

/** What S3 says of one object alone, while it gives others: null for anything else. */
function toUnreadable(error: unknown, { bucket, key }: S3Place): ObjectUnreadableError | null {
  const trouble = troubleOf(error);
  if (!(error instanceof Error) || (trouble !== 'denied' && trouble !== 'refused')) return null;
  const said = `read ${JSON.stringify(key)} of bucket ${bucket}: ${saidBy(error)}`;
  if (error.name === 'InvalidObjectState') {
    const reason = `object_archived: ${tierOf(error)}; restore it first`;
    return new ObjectUnreadableError('object_archived', `${said}: ${reason}`, {
      cause: error,
      reason,
    });
  }
  const permission = permissionFor(error);
  if (permission === null) return null;
  return new ObjectUnreadableError('access_denied', `${said}: ${permission}`, {
    cause: error,
    reason: `access_denied: ${error.message || error.name}`,
  });
}

/** Where an archived object is: a storage class, or a tier of Intelligent-Tiering. */
function tierOf(error: Error): string {
  const { StorageClass, AccessTier } = error as Error & {
    readonly StorageClass?: string;
    readonly AccessTier?: string;
  };
  return [StorageClass, AccessTier].filter(Boolean).join(' ') || 'archived';
}

/** What would let the object be read; null if the error is not of one object. */
function permissionFor({ name, message }: Error): string | null {
  if (name.startsWith('KMS.')) return 'check the KMS key that encrypts the object';
  if (name === 'InvalidRequest' && /server.side encryption/i.test(message)) {
    return 'it is encrypted with a customer-provided key (SSE-C); store it without one';
  }
  if (name !== 'AccessDenied' && name !== 'AllAccessDisabled') return null;
  return /\bkms:/.test(message)
    ? 'allow kms:Decrypt on the KMS key that encrypts the object'
    : `allow ${S3_ACTIONS.read} on it, or check which credentials are in use`;
}

/**
 * `TerminalError` `bucket_not_found` for a bucket that does not exist in this account and region.
 */
export function noBucket(bucket: string, options?: ErrorOptions): TerminalError {
  return new TerminalError(
    'bucket_not_found',
    `no bucket ${bucket}: check the name, the account and the region`,
    options,
  );
}
