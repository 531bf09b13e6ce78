import type { LandingObject } from '../../shared/ingest/list-landing.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { TerminalError } from '../../shared/runtime/errors.ts';
import { inParallel } from '../../shared/runtime/parallel.ts';
import { readCurrentPointer } from '../../shared/state/current-pointer.ts';
import type { StreamLakeKeys } from '../../shared/state/lake-keys.ts';
import { manifestChain, readStreamManifest } from '../../shared/state/manifest-chain.ts';

/** Segments that are looked at side by side: a store far away answers slowly. */
const PARALLEL_HEADS = 32;

export interface RawSegment extends LandingObject {
  /** As the manifest says. */
  readonly sha256: string;
}

/**
 * The segments that the manifests of a stream name, in order of keys: the input of `batch
 * --from-raw` (contract §6). Lost attempts lie beside them, so nothing is listed. Throws
 * `TerminalError`: `nothing_published`, `segment_missing`.
 */
export async function listSegments(lake: ObjectStore, keys: StreamLakeKeys): Promise<RawSegment[]> {
  const current = await readCurrentPointer(lake, keys.current);
  if (current === null) {
    const message = `${keys.current} does not exist: publish an epoch first (tandem stream)`;
    throw new TerminalError('nothing_published', message);
  }
  const segments: RawSegment[] = [];
  const newest = await readStreamManifest(lake, current.manifestKey);
  for await (const { inputs } of manifestChain(lake, newest)) {
    const named = inputs.flatMap(({ shard, entries }) => entries.map((e) => ({ ...e, shard })));
    const found = await inParallel(named, PARALLEL_HEADS, async (entry) => {
      const { segment, sha256, shard, version } = entry;
      if (segment === null || sha256 === null) return [];
      const info = await lake.head(segment);
      if (info === null) throw missing(segment, shard, version);
      return [{ key: segment, etag: info.etag, sizeBytes: info.sizeBytes, sha256 }];
    });
    segments.push(...found.flat());
  }
  return segments.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
}

function missing(key: string, shard: string, version: number): TerminalError {
  const message = `segment ${key} of ${shard}, version ${version}, is missing; restore the object`;
  return new TerminalError('segment_missing', message);
}
