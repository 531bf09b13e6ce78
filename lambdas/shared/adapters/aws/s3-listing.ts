import { TerminalError } from '../../model/errors.ts';
import type { ObjectInfo } from '../../ports/object-store.ts';

/** As a page of a list with `EncodingType: url` has it. */
export interface ListedObject {
  readonly Key: string;
  readonly ETag: string;
  readonly Size: number;
  readonly LastModified?: Date;
}

/**
 * Null for the mark of an empty folder, as the console makes it. Any other key is taken as it is
 * (`a//b`, `a/../b`): S3 compares keys as text. Throws `TerminalError` `unusable_key` for bytes
 * that are no UTF-8, which S3 itself refuses: passed over, the rows of a file would be missing
 * without a word.
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
