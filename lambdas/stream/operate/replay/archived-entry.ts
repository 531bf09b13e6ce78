import { assert } from '../../../shared/model/errors.ts';
import type { EpochMs } from '../../../shared/model/time.ts';
import type { StreamRecord } from '../../../shared/ports/event-stream.ts';
import type { PlannedEntry } from '../../../shared/state/epoch-plan.ts';
import { decodeSegment, readSegment } from '../../../shared/state/segment.ts';
import { isAfter } from '../../../shared/state/sequence-order.ts';
import type { ShardHead } from '../../../shared/state/shard-head.ts';
import type { StreamContext } from '../../../shared/state/stream-context.ts';
import type { NumberRange } from '../redrive/redriven.ts';

/** An entry that a manifest names, with the bytes of its segment; null for a kind without one. */
export interface ArchivedEntry {
  readonly entry: PlannedEntry;
  readonly segment: Uint8Array | null;
}

/** Throws as `readSegment`. */
export async function readEntry(
  { lake }: StreamContext,
  shardId: string,
  entry: PlannedEntry,
): Promise<ArchivedEntry> {
  const { segment: key, sha256, version } = entry;
  if (key === null || sha256 === null) return { entry, segment: null };
  return { entry, segment: await readSegment(lake, { key, sha256 }, { shardId, version }) };
}

/** Throws `TerminalError` `segment_damaged`. */
export function recordsOf({ entry, segment }: ArchivedEntry): StreamRecord[] {
  assert(entry.segment !== null && segment !== null, 'an entry with records has a segment');
  return decodeSegment(segment, entry.segment).map(({ record }) => record);
}

export function floorOf({ floor }: PlannedEntry): EpochMs {
  assert(floor !== null, 'a fence has a floor');
  return Date.parse(floor) as EpochMs;
}

export function rangeOf(entry: PlannedEntry): NumberRange {
  const { first_sequence_number: first, last_sequence_number: last } = entry;
  assert(first !== null && last !== null, 'an entry with records has sequence numbers');
  return { first, last };
}

/**
 * Whether the log has what the entry holds. Nothing follows a seal: what is left then was sealed
 * away by the consumer itself. Whether records were redriven stands in no HEAD.
 */
export function isTaken(head: ShardHead, entry: PlannedEntry): boolean {
  if (head.sealed) return true;
  switch (entry.kind) {
    case 'fence':
      return floorOf(entry) <= head.floorMs;
    case 'records':
      return !isAfter(rangeOf(entry).last, head.checkpoint);
    case 'seal':
    case 'redrive':
      return false;
  }
}
