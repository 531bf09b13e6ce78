import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { type JoinCounts, NO_JOINS } from '../model/joins.ts';
import type { OutcomeCounts } from '../model/outcome.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { ObjectNotFoundError, TerminalError } from '../runtime/errors.ts';
import { compactJsonBytes, parseJson } from '../runtime/json.ts';
import type { RevenueCells } from './revenue-cells.ts';

/** Records that were warned of, by code, with one of them; null where there was none. */
export type WarnedRecords = Readonly<
  Record<
    'join_misses' | 'future_events',
    { readonly count: number; readonly example: string | null }
  >
>;

const NOTHING_WARNED: WarnedRecords = {
  join_misses: { count: 0, example: null },
  future_events: { count: 0, example: null },
};

/**
 * What the next epoch adds to: `state/stream/snapshots/<epoch>`, JSON compressed by zstd. Sums are
 * over all epochs so far; `windows` are those that are not final yet.
 */
export interface EpochSnapshot extends RevenueCells {
  readonly snapshot_format: 1;
  readonly epoch: number;
  readonly counts: Readonly<OutcomeCounts>;
  readonly issues: Readonly<Record<string, number>>;
  readonly joins: JoinCounts;
  readonly warned: WarnedRecords;
  /** In cents, as decimal text. */
  readonly revenue_cents: string;
  /** Key of the newest complete manifest, this epoch's included; null: none so far. */
  readonly last_complete: string | null;
  /** Epochs published after that one; 0: this epoch's is complete itself. */
  readonly epochs_since_complete: number;
}

const WAY_OUT = 'restore the object, or replay under a new --consumer name';

export function encodeSnapshot(snapshot: EpochSnapshot): Uint8Array {
  return new Uint8Array(zstdCompressSync(compactJsonBytes(snapshot)));
}

/** Throws `TerminalError`, which names the key: `snapshot_missing`, `snapshot_damaged`. */
export async function readSnapshot(
  lake: ObjectStore,
  key: string,
  epoch: number,
): Promise<EpochSnapshot> {
  let stored: Uint8Array;
  try {
    stored = await lake.get(key);
  } catch (cause) {
    if (!(cause instanceof ObjectNotFoundError)) throw cause;
    const message = `snapshot ${key} of the epoch before is missing; ${WAY_OUT}`;
    throw new TerminalError('snapshot_missing', message, { cause });
  }
  let snapshot: EpochSnapshot;
  try {
    snapshot = parseJson<EpochSnapshot>(zstdDecompressSync(stored));
  } catch (cause) {
    throw new TerminalError('snapshot_damaged', `snapshot ${key} cannot be read; ${WAY_OUT}`, {
      cause,
    });
  }
  if (snapshot.snapshot_format !== 1 || snapshot.epoch !== epoch) {
    const found = `format ${snapshot.snapshot_format}, epoch ${snapshot.epoch}`;
    const message = `snapshot ${key} has ${found}, not format 1, epoch ${epoch}; ${WAY_OUT}`;
    throw new TerminalError('snapshot_damaged', message);
  }
  // Earlier versions did not count these.
  return {
    ...snapshot,
    joins: snapshot.joins ?? NO_JOINS,
    warned: snapshot.warned ?? NOTHING_WARNED,
  };
}
