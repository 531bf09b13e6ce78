import {
  ObjectNotFoundError,
  PreconditionFailedError,
} from '../../../lambdas/shared/model/errors.ts';
import type { TableFile } from '../../../lambdas/shared/parquet/table-file.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import { jsonBytes } from '../../../lambdas/shared/runtime/json.ts';
import { readStreamManifest } from '../../../lambdas/shared/state/manifest-chain.ts';
import { decodeStored } from '../../../lambdas/shared/state/stored-json.ts';
import { STREAM_MANIFEST_KIND } from '../../../lambdas/shared/state/stored-manifests.ts';
import type { StreamManifest } from '../../../lambdas/shared/state/stream-manifest.ts';

/** A manifest with the etag to replace it by. */
export interface TaggedManifest {
  readonly key: string;
  readonly manifest: StreamManifest;
  readonly etag: string;
}

/**
 * Reads a manifest with its etag, for a conditional replacement. Throws `TerminalError`
 * `manifest_missing` or `manifest_damaged`.
 */
export async function readTagged(lake: ObjectStore, key: string): Promise<TaggedManifest> {
  for (;;) {
    const info = await lake.head(key);
    // The object is missing: reading it throws the right error.
    if (info === null) return { key, manifest: await readStreamManifest(lake, key), etag: '' };
    const { etag } = info;
    try {
      const bytes = await lake.get(key, { ifMatch: etag });
      return {
        key,
        manifest: decodeStored<StreamManifest>(bytes, key, STREAM_MANIFEST_KIND),
        etag,
      };
    } catch (error) {
      const isReplaced = error instanceof PreconditionFailedError;
      if (!isReplaced && !(error instanceof ObjectNotFoundError)) throw error;
    }
  }
}

/** The files of `orders` that this manifest lists itself, without those of earlier manifests. */
export function ordersOf({ tables }: StreamManifest): readonly TableFile[] {
  return tables.orders?.files ?? [];
}

/**
 * Replaces the orders that a manifest lists. False if another process replaced it first: read it
 * again.
 */
export async function replaceOrders(
  lake: ObjectStore,
  { key, manifest, etag }: TaggedManifest,
  files: readonly TableFile[],
): Promise<boolean> {
  const tables = { ...manifest.tables, orders: { files } };
  try {
    await lake.put(key, jsonBytes({ ...manifest, tables }), { ifMatch: etag });
    return true;
  } catch (error) {
    if (error instanceof PreconditionFailedError) return false;
    throw error;
  }
}
