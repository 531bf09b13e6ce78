import type { LandingObject } from '../../shared/ingest/list-landing.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { TerminalError } from '../../shared/runtime/errors.ts';
import { readCurrentPointer } from '../../shared/state/current-pointer.ts';
import type { StreamLakeKeys } from '../../shared/state/lake-keys.ts';
import { manifestChain, readStreamManifest } from '../../shared/state/manifest-chain.ts';

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
    for (const { shard, entries } of inputs) {
      for (const { segment, sha256, version } of entries) {
        if (segment === null || sha256 === null) continue;
        const info = await lake.head(segment);
        if (info === null) throw missing(segment, shard, version);
        segments.push({ key: segment, etag: info.etag, sizeBytes: info.sizeBytes, sha256 });
      }
    }
  }
  return segments.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
}

function missing(key: string, shard: string, version: number): TerminalError {
  const message = `segment ${key} of ${shard}, version ${version}, is missing; restore the object`;
  return new TerminalError('segment_missing', message);
}
