import type { LandingObject } from '../../shared/ingest/list-landing.ts';
import { TerminalError } from '../../shared/model/errors.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { inParallel } from '../../shared/runtime/parallel.ts';
import { readCurrentPointer } from '../../shared/state/current-pointer.ts';
import type { PlannedShard } from '../../shared/state/epoch-plan.ts';
import { type StreamLakeKeys, thousandOf } from '../../shared/state/lake-keys.ts';
import { visitManifests } from '../../shared/state/manifest-chain.ts';

/** Listings side by side: a store far away answers slowly. */
const PARALLEL_LISTS = 32;

export interface RawSegment extends LandingObject {
  /** SHA-256 from the manifest. */
  readonly sha256: string;
}

/** A segment that a manifest names. */
interface NamedSegment {
  readonly key: string;
  readonly sha256: string;
  readonly shard: string;
  readonly version: number;
}

/**
 * The segments named by a stream's manifests, in order of keys: the input of `batch --from-raw`
 * (contract §6). Sizes and etags come from listings of a thousand versions at a time; segments of
 * lost attempts beside them are ignored. Throws `TerminalError`: `nothing_published`,
 * `segment_missing`.
 */
export async function listSegments(lake: ObjectStore, keys: StreamLakeKeys): Promise<RawSegment[]> {
  const current = await readCurrentPointer(lake, keys.current);
  if (current === null) {
    const message = `${keys.current} does not exist; publish an epoch first: npx tandem stream --until-idle`;
    throw new TerminalError('nothing_published', message);
  }
  const namedByPrefix = new Map<string, NamedSegment[]>();
  await visitManifests(lake, current.manifestKey, ({ inputs }) => {
    for (const named of inputs.flatMap(segmentsOf)) {
      const prefix = thousandOf(named.key);
      const besides = namedByPrefix.get(prefix);
      if (besides === undefined) namedByPrefix.set(prefix, [named]);
      else besides.push(named);
    }
  });
  // In order, so that the result is nearly sorted.
  const prefixes = [...namedByPrefix.keys()].sort(inOrderOfBytes);
  const segments: RawSegment[] = [];
  const listed = await inParallel(prefixes, PARALLEL_LISTS, async (prefix) => {
    const found = await listNamed(lake, prefix, namedByPrefix.get(prefix) ?? []);
    // There may be more than a million.
    namedByPrefix.delete(prefix);
    return found;
  });
  for (const some of listed) for (const segment of some) segments.push(segment);
  return segments.sort((a, b) => inOrderOfBytes(a.key, b.key));
}

function segmentsOf({ shard, entries }: PlannedShard): NamedSegment[] {
  return entries.flatMap(({ segment: key, sha256, version }) => {
    return key === null || sha256 === null ? [] : [{ key, sha256, shard, version }];
  });
}

/** The named segments that start with a prefix. Throws `TerminalError` `segment_missing`. */
async function listNamed(
  lake: ObjectStore,
  prefix: string,
  named: readonly NamedSegment[],
): Promise<RawSegment[]> {
  const missed = new Map(named.map((segment) => [segment.key, segment]));
  const found: RawSegment[] = [];
  for await (const { key, etag, sizeBytes } of lake.list(prefix)) {
    const segment = missed.get(key);
    if (segment === undefined) continue;
    missed.delete(key);
    found.push({ key, etag, sizeBytes, sha256: segment.sha256 });
  }
  for (const segment of missed.values()) throw missing(segment);
  return found;
}

function inOrderOfBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function missing({ key, shard, version }: NamedSegment): TerminalError {
  const message = `segment ${key} of ${shard}, version ${version}, is missing; restore the object`;
  return new TerminalError('segment_missing', message);
}
