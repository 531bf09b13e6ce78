import { RetryableError } from '../../../shared/model/errors.ts';
import { readEpochHead } from '../../../shared/state/epoch-head.ts';
import type { PlannedEntry } from '../../../shared/state/epoch-plan.ts';
import { isWhole, readHead, readLog } from '../../../shared/state/fold.ts';
import type { LogEntry } from '../../../shared/state/log-entry.ts';
import { readStreamManifest } from '../../../shared/state/manifest-chain.ts';
import { decodeSegment, readSegment } from '../../../shared/state/segment.ts';
import { compareSequenceNumbers, isAfter } from '../../../shared/state/sequence-order.ts';
import type { StreamContext } from '../../../shared/state/stream-context.ts';
import type { StreamManifest } from '../../../shared/state/stream-manifest.ts';
import type { NumberRange, Redriven } from './redriven.ts';

/**
 * Tells which records of a range of a shard are in a log already (stream protocol §7.2). Reads the
 * redriven ranges, then the live log, then the manifests backwards: an entry cleaned away meanwhile
 * is published, so it is found there.
 */
export async function consumedNumbers(
  context: StreamContext,
  shardId: string,
  range: NumberRange,
  redriven: Redriven,
): Promise<(sequenceNumber: string) => boolean> {
  const numbers = new Set<string>();
  await addLive(context, shardId, range, numbers);
  await addPublished(context, shardId, range, numbers);
  return (sequenceNumber) =>
    numbers.has(sequenceNumber) ||
    redriven.ranges.some((done) => isWithin(sequenceNumber, done.first, done.last));
}

function isWithin(sequenceNumber: string, first: string, last: string): boolean {
  return (
    compareSequenceNumbers(sequenceNumber, first) >= 0 &&
    compareSequenceNumbers(sequenceNumber, last) <= 0
  );
}

function overlaps(first: string, last: string, range: NumberRange): boolean {
  return !isAfter(first, range.last) && !isAfter(range.first, last);
}

async function addLive(
  context: StreamContext,
  shardId: string,
  range: NumberRange,
  numbers: Set<string>,
): Promise<void> {
  for (const entry of await readLiveLog(context, shardId)) {
    // Records of other shards that were redriven into this one are not its own.
    if (entry.kind !== 'records') continue;
    const { firstSequenceNumber, lastSequenceNumber, segment, version } = entry;
    if (!overlaps(firstSequenceNumber, lastSequenceNumber, range)) continue;
    await addSegment(context, segment, { shardId, version }, numbers);
  }
}

/** A pause before a log is read again that lacked entries. */
const REREAD_PAUSE_MS = 100;

/** All entries that are not cleaned away: a query may not show one yet that HEAD counts already. */
async function readLiveLog(context: StreamContext, shardId: string): Promise<LogEntry[]> {
  const { clock, config } = context;
  for (let attempt = 1; attempt <= config.stream.maxFoldAttempts; attempt++) {
    const head = await readHead(context, shardId);
    if (head === null) return [];
    const entries = await readLog(context, shardId, 1, head.version);
    const from = Math.min(head.claimsFrom, head.publishedThrough + 1);
    const kept = entries.filter(({ version }) => version >= from);
    if (isWhole(kept, from, head.version)) return entries;
    await clock.sleep(REREAD_PAUSE_MS * attempt);
  }
  throw new RetryableError(`the log of ${shardId} kept changing while it was read; run it again`);
}

async function addPublished(
  context: StreamContext,
  shardId: string,
  range: NumberRange,
  numbers: Set<string>,
): Promise<void> {
  const { lake, lakeKeys } = context;
  const { committedEpoch } = await readEpochHead(context);
  let key: string | null = committedEpoch === 0 ? null : lakeKeys.manifest(committedEpoch);
  while (key !== null) {
    const manifest: StreamManifest = await readStreamManifest(lake, key);
    const input = manifest.inputs.find(({ shard }) => shard === shardId);
    const entries = (input?.entries ?? []).filter(({ kind }) => kind === 'records');
    for (const entry of entries) await addEntry(context, shardId, entry, range, numbers);
    const isBefore = entries.some(({ last_sequence_number: last }) => isAfter(range.first, last));
    key = isBefore ? null : manifest.previous;
  }
}

async function addEntry(
  context: StreamContext,
  shardId: string,
  entry: PlannedEntry,
  range: NumberRange,
  numbers: Set<string>,
): Promise<void> {
  const { segment: key, sha256, first_sequence_number: first, last_sequence_number: last } = entry;
  if (key === null || sha256 === null || first === null || last === null) return;
  if (!overlaps(first, last, range)) return;
  await addSegment(context, { key, sha256 }, { shardId, version: entry.version }, numbers);
}

async function addSegment(
  { lake }: StreamContext,
  segment: { readonly key: string; readonly sha256: string },
  entry: { readonly shardId: string; readonly version: number },
  numbers: Set<string>,
): Promise<void> {
  const bytes = await readSegment(lake, segment, entry);
  for (const { record } of decodeSegment(bytes, segment.key)) numbers.add(record.sequenceNumber);
}
