import { createHash } from 'node:crypto';
import type { LandingObject } from '../../../shared/ingest/list-landing.ts';
import { PreconditionFailedError, TerminalError } from '../../../shared/model/errors.ts';
import type { ObjectStore } from '../../../shared/ports/object-store.ts';
import type { DimensionCopy } from '../../../shared/state/epoch-plan.ts';
import type { StreamContext } from '../../../shared/state/stream-context.ts';

/**
 * Copies of dimension files: immutable, below the lake, under the SHA-256 of their bytes (stream
 * protocol §3, P7).
 */

/** What reading a dimension needs of a store. */
export type Streaming = Pick<ObjectStore, 'stream'>;

/**
 * A store of the same objects that passes `onEnd` the SHA-256, in hex, of each one read to its end.
 */
export function hashing(store: Streaming, onEnd: (key: string, sha256: string) => void): Streaming {
  return {
    async *stream(key, options) {
      const hash = createHash('sha256');
      for await (const piece of store.stream(key, options)) {
        hash.update(piece);
        yield piece;
      }
      onEnd(key, hash.digest('hex'));
    },
  };
}

/**
 * A store of the lake's copies. Reading one to its end throws `TerminalError`
 * `dimension_copy_damaged` if its bytes do not match the hash in its name.
 */
export function checkedCopies(lake: Streaming, copies: readonly DimensionCopy[]): Streaming {
  return hashing(lake, (copyKey, sha256) => {
    if (copyKey.endsWith(sha256)) return;
    const name = copies.find((copy) => copy.copyKey === copyKey)?.key;
    const message =
      `${copyKey}, the copy of ${name}, does not match the checksum in its name; restore the ` +
      `object, or put a readable ${name} into landing`;
    throw new TerminalError('dimension_copy_damaged', message);
  });
}

/**
 * Reads all copies to verify them. Throws `TerminalError` `dimension_copy_damaged`, and
 * `ObjectNotFoundError` for a missing copy.
 */
export async function checkCopies(lake: Streaming, copies: readonly DimensionCopy[]) {
  const checked = checkedCopies(lake, copies);
  for (const { copyKey } of copies) {
    for await (const _ of checked.stream(copyKey));
  }
}

/**
 * Copies a file of landing that has this SHA-256. Overwrites an existing copy, which has the same
 * bytes or is damaged. Throws `PreconditionFailedError` if landing has another file now.
 */
export async function copyFile(
  { landing, lake, lakeKeys }: Pick<StreamContext, 'landing' | 'lake' | 'lakeKeys'>,
  file: LandingObject,
  sha256: string,
): Promise<DimensionCopy> {
  const { key, etag, sizeBytes } = file;
  const copyKey = lakeKeys.dimension(sha256);
  let found = '';
  const hashed = hashing(landing, (_, digest) => {
    found = digest;
  });
  const writer = lake.openWriter(copyKey);
  try {
    for await (const piece of hashed.stream(key, { ifMatch: etag })) await writer.write(piece);
    if (found !== sha256) throw new PreconditionFailedError(key, `sha256 ${sha256}`);
    await writer.commit();
  } finally {
    await writer.abort();
  }
  return { key, etag, sizeBytes, copyKey };
}

/** The SHA-256 in a copy's name, in hex. */
export function sha256OfCopy({ copyKey }: DimensionCopy): string {
  return copyKey.slice(copyKey.lastIndexOf('/') + 1);
}
