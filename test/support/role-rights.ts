import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';
import { actionsOf, resourceTexts, type Statement } from './aws-stacks.ts';
import { hookedStore, type Operation } from './hooked-store.ts';

const ACTIONS: Readonly<Record<Operation, string>> = {
  head: 's3:GetObject',
  get: 's3:GetObject',
  getInto: 's3:GetObject',
  stream: 's3:GetObject',
  put: 's3:PutObject',
  write: 's3:PutObject',
  commit: 's3:PutObject',
  list: 's3:ListBucket',
  delete: 's3:DeleteObject',
};

/** What a role was refused. */
export class AccessDeniedError extends Error {
  override readonly name = 'AccessDeniedError';
}

/**
 * A bucket as whoever has these statements sees it: anything else is refused, as S3 refuses it. The
 * bucket is known by the name that the config brings.
 */
export function asAllowed(
  store: ObjectStore,
  bucket: string,
  statements: readonly Statement[],
): ObjectStore {
  const assertAllowed = (operation: Operation, key: string) => {
    const action = ACTIONS[operation];
    const isAllowed = statements.some(
      (statement) =>
        actionsOf(statement).includes(action) &&
        resourceTexts(statement).some((text) =>
          operation === 'list' ? isBucket(text, bucket) : covers(text, bucket, key),
        ),
    );
    if (!isAllowed) throw new AccessDeniedError(`${action} on ${bucket}/${key}`);
  };
  const checked = hookedStore(store, assertAllowed);
  return {
    ...checked,
    async delete(keys) {
      for (const key of keys) assertAllowed('delete', key);
      await store.delete(keys);
    },
  };
}

function isBucket(text: string, bucket: string): boolean {
  return text.includes(`:s3:::${bucket}"`);
}

/** `…:s3:::bucket/tables/*` and a key below it. */
function covers(text: string, bucket: string, key: string): boolean {
  const pattern = new RegExp(`:s3:::${bucket}/([^"]+)"`).exec(text)?.[1];
  if (pattern === undefined) return false;
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(key);
}
