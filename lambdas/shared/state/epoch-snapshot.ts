import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { TerminalError } from '../model/errors.ts';
import { type JoinCounts, NO_JOINS } from '../model/joins.ts';
import {
  CENTS,
  COUNT,
  exactly,
  LAKE_KEY,
  nullable,
  objectWith,
  optional,
  recordOf,
  TEXT,
} from '../model/shape.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { OutcomeCounts } from '../rules/outcome.ts';
import { compactJsonBytes } from '../runtime/json.ts';
import { REVENUE_CELLS, type RevenueCells } from './revenue-cells.ts';
import { readStored, type StoredKind } from './stored-json.ts';
import { COUNTS, JOINS } from './stored-manifests.ts';

/** Records that were warned of, by code, with one of them; null if there was none. */
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
  /** Cents, as decimal text. */
  readonly revenue_cents: string;
  /** Key of the newest complete manifest, this epoch's included; null: none so far. */
  readonly last_complete: string | null;
  /** Epochs published after that one; 0: this epoch's is complete itself. */
  readonly epochs_since_complete: number;
}

const WAY_OUT = 'restore the object, or replay under a new --consumer name';

/** A snapshot's bytes: JSON compressed by zstd; `readSnapshot` reads them. */
export function encodeSnapshot(snapshot: EpochSnapshot): Uint8Array {
  return new Uint8Array(zstdCompressSync(compactJsonBytes(snapshot)));
}

const NOTED = objectWith({ count: COUNT, example: nullable(TEXT) });

const SNAPSHOT: StoredKind = {
  what: 'snapshot',
  shape: objectWith({
    snapshot_format: exactly(1),
    epoch: COUNT,
    counts: COUNTS,
    issues: recordOf(COUNT),
    revenue_cents: CENTS,
    last_complete: nullable(LAKE_KEY),
    epochs_since_complete: COUNT,
    ...REVENUE_CELLS,
    joins: JOINS,
    warned: optional(objectWith({ join_misses: NOTED, future_events: NOTED })),
  }),
  missingCode: 'snapshot_missing',
  damagedCode: 'snapshot_damaged',
  wayOut: WAY_OUT,
};

/**
 * Reads an epoch's snapshot. Throws `TerminalError` that names the key: `snapshot_missing`,
 * `snapshot_damaged`.
 */
export async function readSnapshot(
  lake: ObjectStore,
  key: string,
  epoch: number,
): Promise<EpochSnapshot> {
  const snapshot = await readStored<EpochSnapshot>(lake, key, SNAPSHOT, (bytes) =>
    zstdDecompressSync(bytes),
  );
  if (snapshot.epoch !== epoch) {
    const message = `snapshot ${key} is damaged: it is of epoch ${snapshot.epoch}, not ${epoch}`;
    throw new TerminalError('snapshot_damaged', `${message}; ${WAY_OUT}`);
  }
  // Earlier versions did not count these.
  return {
    ...snapshot,
    joins: snapshot.joins ?? NO_JOINS,
    warned: snapshot.warned ?? NOTHING_WARNED,
  };
}
