import type { ObjectInfo } from '../../ports/object-store.ts';
import { TerminalError } from '../../runtime/errors.ts';
import { assertKey } from '../object-keys.ts';

/** As a page of a list with `EncodingType: url` has it. */
export interface ListedObject {
  readonly Key: string;
  readonly ETag: string;
  readonly Size: number;
  readonly LastModified?: Date;
}

/**
 * Null for the mark of an empty folder, as the console makes it. Throws `TerminalError` for what is
 * no key here (`a//b`): passed over, the rows of a file would be missing without a word.
 */
export function toObjectInfo(object: ListedObject, bucket: string): ObjectInfo | null {
  const { Key, ETag, Size, LastModified } = object;
  const key = decodeURIComponent(Key.replaceAll('+', ' '));
  if (key.endsWith('/') && Size === 0) return null;
  try {
    assertKey(key);
  } catch (error) {
    const message = `bucket ${bucket}: ${(error as Error).message}: rename or remove the object`;
    throw new TerminalError('unusable_key', message, { cause: error });
  }
  return { key, sizeBytes: Size, etag: ETag, modifiedAtMs: LastModified?.getTime() ?? 0 };
}
