import type { LandingObject } from '../ingest/list-landing.ts';
import {
  COUNT,
  INSTANT,
  LAKE_KEY,
  listOf,
  nullable,
  objectWith,
  TEXT,
  WHOLE_NUMBER,
} from '../model/shape.ts';
import type { Warning } from '../model/warning.ts';
import type { StoredKind } from './stored-json.ts';
import { PLANNED_SHARD, WARNINGS } from './stored-manifests.ts';

/** A log entry as an epoch takes it; names as in the manifest (contract §3.1). */
export interface PlannedEntry {
  readonly version: number;
  readonly kind: 'records' | 'redrive' | 'fence' | 'seal';
  /** Key, below the lake, of the segment; null for a kind without records. */
  readonly segment: string | null;
  /** SHA-256 of the segment's bytes, in hex. */
  readonly sha256: string | null;
  readonly first_sequence_number: string | null;
  readonly last_sequence_number: string | null;
  /**
   * Floor after this entry, in ISO 8601; null if the shard has none, and for entries with records.
   */
  readonly floor: string | null;
  /** The shard whose records these are, for `redrive`; null: the shard of the log. */
  readonly source_shard: string | null;
  /** The checkpoint after which records left the stream unread. */
  readonly gap_after: string | null;
  readonly end_reached: boolean | null;
}

/** What an epoch takes of one shard: entries with from_version < version <= to_version. */
export interface PlannedShard {
  readonly shard: string;
  readonly parents: readonly string[];
  /** Decimal text, both ends included. */
  readonly hash_key_range: { readonly start: string; readonly end: string };
  readonly from_version: number;
  readonly to_version: number;
  readonly entries: readonly PlannedEntry[];
}

/** A file of a dimension as it was when the epoch was planned. */
export interface DimensionCopy extends LandingObject {
  /** Key below the lake of its immutable copy, as stored in landing (gzip stays gzip). */
  readonly copyKey: string;
}

/**
 * Format of plans. A plan with another number is planned again, as one of another code version is.
 */
export const PLAN_FORMAT = 2;

/**
 * Everything that decides an epoch (stream protocol §3, P8): immutable, and every later step is a
 * function of it and of immutable objects. A second plan under the same number never exists.
 */
export interface EpochPlan {
  readonly planFormat: typeof PLAN_FORMAT;
  readonly epoch: number;
  readonly stream: string;
  readonly consumer: string;
  readonly createdAt: string;
  /** Version of the code and runtime that wrote the plan; only the same one may go on with it. */
  readonly codeVersion: string;
  readonly configHash: string;
  /** Manifest of the epoch before; null for the first. */
  readonly previous: string | null;
  /** Number of the epoch before, 0 for the first: its snapshot is what this one adds to. */
  readonly previousEpoch: number;
  readonly shards: readonly PlannedShard[];
  /** G, in ms since 1970; null: a shard has no watermark yet, so no window is final. */
  readonly watermarkMs: number | null;
  readonly previousWatermarkMs: number | null;
  readonly windowLengthMs: number;
  readonly dimensions: {
    readonly customers: readonly DimensionCopy[];
    readonly products: readonly DimensionCopy[];
  };
  /** Dimensions that could not be read, so that those of the previous epoch are kept. */
  readonly warnings: readonly Warning[];
}

const COPIES = listOf(objectWith({ key: TEXT, etag: TEXT, sizeBytes: COUNT, copyKey: LAKE_KEY }));

export const EPOCH_PLAN: StoredKind = {
  what: 'plan',
  shape: objectWith({
    planFormat: COUNT,
    epoch: COUNT,
    stream: TEXT,
    consumer: TEXT,
    createdAt: INSTANT,
    codeVersion: TEXT,
    configHash: TEXT,
    previous: nullable(LAKE_KEY),
    previousEpoch: COUNT,
    shards: listOf(PLANNED_SHARD),
    watermarkMs: nullable(WHOLE_NUMBER),
    previousWatermarkMs: nullable(WHOLE_NUMBER),
    windowLengthMs: COUNT,
    dimensions: objectWith({ customers: COPIES, products: COPIES }),
    warnings: WARNINGS,
  }),
  missingCode: 'plan_missing',
  damagedCode: 'plan_damaged',
  wayOut: 'restore the object, or replay under a new --consumer name',
};
