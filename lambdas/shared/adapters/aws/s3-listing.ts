import { TerminalError } from '../../model/errors.ts';
import type { ObjectInfo } from '../../ports/object-store.ts';

/** An entry of a listing with `EncodingType: url`. */
export interface ListedObject {
  readonly Key: string;
  readonly ETag: string;
  readonly Size: number;
  readonly LastModified?: Date;
}

/**
 * A listed object with its key decoded; null for the mark of an empty folder, as the console makes
 * it. Other keys stay as they are (`a//b`, `a/../b`): S3 compares keys as text. Throws
 * `TerminalError` `unusable_key` if a key is not UTF-8: skipping it would silently lose the file's
 * rows.
 */
export function toObjectInfo(object: ListedObject, bucket: string): ObjectInfo | null {
  const { Key, ETag, Size, LastModified } = object;
  const key = decodedKey(Key, bucket);
  if (key.endsWith('/') && Size === 0) return null;
  return { key, sizeBytes: Size, etag: ETag, modifiedAtMs: LastModified?.getTime() ?? 0 };
}

function decodedKey(encoded: string, bucket: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch (cause) {
    const message = `bucket ${bucket}: key ${encoded} is not UTF-8; rename or remove the object`;
    throw new TerminalError('unusable_key', message, { cause });
  }
}
