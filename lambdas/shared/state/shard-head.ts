import { assert } from '../model/errors.ts';
import type { EpochMs } from '../model/time.ts';
import type { Attributes, StateValue } from '../ports/state-store.ts';
import { NO_TIME, type ShardTimes } from '../rules/lateness.ts';
import type { OutcomeCounts } from '../rules/outcome.ts';

/** A shard whose unexpired claims count in this one: of its log, entries up to its last version. */
export type AncestorIds = readonly string[];

/**
 * `HEAD` of a shard: the fold of its log without the claims (stream protocol §1). Only single
 * attributes of it are ever updated, on condition of `version`.
 */
export interface ShardHead extends ShardTimes {
  /** Version of the newest log entry; 0: the log is empty. */
  readonly version: number;
  /** Highest sequence number whose effects are durable; null: none. */
  readonly checkpoint: string | null;
  /** Arrival of the newest record consumed in order; null: none. */
  readonly lastArrivalMs: EpochMs | null;
  readonly counts: Readonly<OutcomeCounts>;
  /** Records whose partition key is another than their order id: dedupe may not see all of them. */
  readonly otherKeys: number;
  readonly sealed: boolean;
  /** Shards that go on after this one; known once it is sealed. */
  readonly children: readonly string[];
  readonly inherits: AncestorIds;
  readonly createdAtMs: EpochMs;
  /** First version whose claims have not all expired; nothing below it is read for claims. */
  readonly claimsFrom: number;
  /** Last version that a committed epoch holds. It serves clean-up only. */
  readonly publishedThrough: number;
}

/** A HEAD as stored attributes, which `headOf` reads. Values that are null are left out. */
export function headAttributes(head: ShardHead): Attributes {
  return {
    version: head.version,
    ...timesAttributes(head),
    ...present('checkpoint', head.checkpoint),
    ...present('lastArrival', head.lastArrivalMs),
    counts: { ...head.counts },
    otherKeys: head.otherKeys,
    sealed: head.sealed,
    children: [...head.children],
    inherits: [...head.inherits],
    createdAt: head.createdAtMs,
    claimsFrom: head.claimsFrom,
    publishedThrough: head.publishedThrough,
  };
}

/** A HEAD from its stored attributes. Asserts a version; the store is trusted for the rest. */
export function headOf(attributes: Attributes): ShardHead {
  const head = attributes as unknown as StoredHead;
  assert(Number.isSafeInteger(head.version), 'a shard HEAD has a version');
  return {
    version: head.version,
    ...timesOf(attributes),
    checkpoint: head.checkpoint ?? null,
    lastArrivalMs: head.lastArrival ?? null,
    counts: head.counts,
    otherKeys: head.otherKeys,
    sealed: head.sealed,
    children: head.children,
    inherits: head.inherits,
    createdAtMs: head.createdAt,
    claimsFrom: head.claimsFrom,
    publishedThrough: head.publishedThrough,
  };
}

/** The form that `headAttributes` stores: missing values are left out. */
interface StoredHead {
  readonly version: number;
  readonly checkpoint?: string;
  readonly lastArrival?: EpochMs;
  readonly counts: OutcomeCounts;
  readonly otherKeys: number;
  readonly sealed: boolean;
  readonly children: readonly string[];
  readonly inherits: readonly string[];
  readonly createdAt: EpochMs;
  readonly claimsFrom: number;
  readonly publishedThrough: number;
}

/** `maxEventTime` and `floor` as stored attributes, each left out while there is none. */
export function timesAttributes({ maxEventTimeMs, floorMs }: ShardTimes): Attributes {
  return {
    ...(maxEventTimeMs === NO_TIME ? {} : { maxEventTime: maxEventTimeMs }),
    ...(floorMs === NO_TIME ? {} : { floor: floorMs }),
  };
}

/** The shard's times from stored attributes; one that is missing reads as `NO_TIME`. */
export function timesOf(attributes: Attributes): ShardTimes {
  const { maxEventTime, floor } = attributes as { maxEventTime?: EpochMs; floor?: EpochMs };
  return { maxEventTimeMs: maxEventTime ?? NO_TIME, floorMs: floor ?? NO_TIME };
}

function present(name: string, value: StateValue): Attributes {
  return value === null ? {} : { [name]: value };
}
