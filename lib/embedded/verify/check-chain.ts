import { TerminalError } from '../../../lambdas/shared/model/errors.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import { OUTCOMES, type OutcomeCounts, zeroCounts } from '../../../lambdas/shared/rules/outcome.ts';
import type { PlannedEntry } from '../../../lambdas/shared/state/epoch-plan.ts';
import { decodeSegment, readSegment } from '../../../lambdas/shared/state/segment.ts';
import type { StreamManifest } from '../../../lambdas/shared/state/stream-manifest.ts';
import { eachInParallel } from './each-in-parallel.ts';
import type { FaultCode, Faults } from './faults.ts';
import { manifestsBack } from './named-manifests.ts';

export interface ChainTally {
  manifests: number;
  segments: number;
}

interface NamedEntry {
  readonly epoch: number;
  readonly shard: string;
  readonly entry: PlannedEntry;
}

/** Segments are a few MB at most. */
const PARALLEL_SEGMENTS = 8;

/**
 * Checks every manifest of a stream back to the first epoch and every raw segment they name: all
 * exist, segments match their checksum and can be read, versions of shards have no gap, and
 * outcomes add up to the newest manifest's counts. Records faults instead of throwing them.
 */
export async function checkChain(
  lake: ObjectStore,
  newest: { readonly key: string; readonly manifest: StreamManifest },
  faults: Faults,
  /** Called for each manifest and each segment; throws to stop. */
  onEpoch: (epoch: number) => void,
): Promise<ChainTally> {
  const tally: ChainTally = { manifests: 0, segments: 0 };
  /** Down to the first epoch, every segment whole: only then counts can be compared. */
  let isComplete = false;
  const archived = zeroCounts();
  const published = zeroCounts();
  let hasWholeSegments = true;
  const versions = new Map<string, number>();
  async function* entries(): AsyncGenerator<NamedEntry> {
    for await (const { key, manifest } of manifestsBack(
      lake,
      newest,
      ({ previous }) => previous,
      faults,
    )) {
      tally.manifests += 1;
      isComplete = manifest.previous === null;
      addCounts(published, manifest.epoch_counts);
      checkVersions(key, manifest, versions, faults);
      const { epoch } = manifest;
      onEpoch(epoch);
      for (const { shard, entries: ofShard } of manifest.inputs) {
        for (const entry of ofShard) if (entry.segment !== null) yield { epoch, shard, entry };
      }
    }
  }
  await eachInParallel(entries(), PARALLEL_SEGMENTS, async ({ epoch, shard, entry }) => {
    tally.segments += 1;
    onEpoch(epoch);
    if (await checkSegment(lake, shard, entry, archived, faults)) return;
    hasWholeSegments = false;
  });
  if (!isComplete || !hasWholeSegments) return tally;
  for (const [what, counts] of [
    ['its epochs', published],
    ['the segments', archived],
  ] as const) {
    const problem = differentCounts(what, counts, newest.manifest.counts);
    if (problem === null) continue;
    faults.add('stream', 'manifest', { key: newest.key, code: 'sums_differ', message: problem });
  }
  for (const [shard, version] of versions) {
    if (version === 0) continue;
    const message = `no epoch has versions 1 to ${version} of ${shard}`;
    faults.add('stream', 'manifest', { key: newest.key, code: 'manifest_damaged', message });
  }
  return tally;
}

function checkVersions(
  key: string,
  { inputs }: StreamManifest,
  versions: Map<string, number>,
  faults: Faults,
): void {
  for (const { shard, from_version: from, to_version: to } of inputs) {
    const after = versions.get(shard);
    if (after !== undefined && after !== to) {
      const message = `ends at version ${to} of ${shard}, but the next epoch begins after ${after}`;
      faults.add('stream', 'manifest', { key, code: 'manifest_damaged', message });
    }
    versions.set(shard, from);
  }
}

/** False: it is a fault. */
async function checkSegment(
  lake: ObjectStore,
  shard: string,
  { segment, sha256, version }: PlannedEntry,
  counts: OutcomeCounts,
  faults: Faults,
): Promise<boolean> {
  const ref = { key: segment ?? '', sha256: sha256 ?? '' };
  try {
    const bytes = await readSegment(lake, ref, { shardId: shard, version });
    for (const { outcome } of decodeSegment(bytes, ref.key)) {
      counts.read += 1;
      counts[outcome] += 1;
    }
    return true;
  } catch (error) {
    if (!(error instanceof TerminalError) || !error.code.startsWith('segment_')) throw error;
    const code = error.code as FaultCode;
    const what =
      code === 'segment_missing' ? 'is missing' : 'does not match the checksum of its entry';
    const message = `${what}: version ${version} of ${shard}`;
    faults.add('stream', 'segment', { key: ref.key, code, message });
    return false;
  }
}

function addCounts(sum: OutcomeCounts, counts: Readonly<OutcomeCounts>): void {
  for (const name of ['read', ...OUTCOMES] as const) sum[name] += counts[name];
}

function differentCounts(
  what: string,
  found: OutcomeCounts,
  stated: Readonly<OutcomeCounts>,
): string | null {
  const name = (['read', ...OUTCOMES] as const).find((each) => found[each] !== stated[each]);
  if (name === undefined) return null;
  return `${what} hold ${found[name]} records that are ${name}, not ${stated[name]}`;
}
