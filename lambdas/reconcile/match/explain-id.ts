import type { ClassName } from '../model/difference.ts';
import { ACTIVE, BATCH, CANCELLED, DUPLICATE, LATE, STREAM } from '../model/record-batch.ts';

/**
 * Contract §5 for one order id. Where the contract is silent, this is how it is read; in doubt an
 * id is unexplained, because a wrong explanation would hide a lost or doubled record.
 *
 * - Records are compared as multisets of their seven values: the same record twice explains two
 *   counted ones, not three.
 * - A position has one outcome. An id with two records at one position (a doubled row) is
 *   unexplained, whatever else fits. So is one with a counted row that contradicts itself, and one
 *   that batch counts twice, which its rule excludes.
 * - `late_in_stream`: the stream counts no record of the id, and holds the one that batch counts as
 *   late. Other late records of the id do not matter.
 * - `duplicate_beyond_horizon`: each record that the stream counts is one that batch counts or has
 *   as duplicate. The one that batch counts is counted by the stream too, or late or duplicate
 *   there: if it appeared nowhere, a record would be lost.
 * - `different_first` is about one counted record on each side. So is `status_changed`: an id that
 *   a side counts twice with different statuses is not explained by it.
 * - In a comparison of a period a record outside it need not have reached the other side: the
 *   question is about the period, not whether the stream existed before.
 * - An id that was quarantined on a side has reached it.
 */
export interface IdRecord {
  readonly side: number;
  readonly outcome: number;
  /** Equal for equal seven values, and only for those. */
  readonly values: string;
  /** Equal for values that are equal but for the status, and only for those. */
  readonly valuesButStatus: string;
  /** True if its event time is in the compared period, and if everything is compared. */
  readonly isInPeriod: boolean;
  /** Equal for records at one position of one side, and only for those. */
  readonly position: string;
  readonly isBroken: boolean;
  /** Equal for equal joined values, and only for those; null if nothing is joined. */
  readonly joined: string | null;
}

export type IdClass = Exclude<ClassName, 'window_not_final'>;

/**
 * Explains an order id that counts on some side and is not equal on both, from all of its records
 * (contract §5).
 */
export function explainId(records: readonly IdRecord[]): IdClass {
  const batch = sideOf(records, BATCH);
  const stream = sideOf(records, STREAM);
  const counted = [...batch.counted, ...stream.counted];
  if (counted.some(({ isBroken }) => isBroken)) return 'unexplained';
  if (batch.hasDoubledPosition || stream.hasDoubledPosition) return 'unexplained';
  if (batch.counted.length > 1) return 'unexplained';
  if (batch.counted.length === 0) return batch.isReached ? 'unexplained' : 'not_in_batch';
  const [first] = batch.counted;
  if (stream.counted.length === 0) {
    if (has(stream.late, first)) return 'late_in_stream';
    return stream.isReached ? 'unexplained' : 'not_in_stream';
  }
  const isFirstInStream =
    !first.isInPeriod ||
    has(stream.counted, first) ||
    has(stream.late, first) ||
    has(stream.duplicates, first);
  if (stream.counted.length > 1) {
    const asked = stream.counted.filter(({ isInPeriod }) => isInPeriod);
    const known = isContained(asked, [first, ...batch.duplicates]);
    return known && isFirstInStream ? 'duplicate_beyond_horizon' : 'unexplained';
  }
  const [only] = stream.counted;
  if (only.values !== first.values) {
    const isOnlyInBatch = !only.isInPeriod || has(batch.duplicates, only);
    if (isFirstInStream && isOnlyInBatch) return 'different_first';
    return only.valuesButStatus === first.valuesButStatus ? 'status_changed' : 'unexplained';
  }
  const isJoinedOtherwise = only.outcome === first.outcome && only.joined !== first.joined;
  return isJoinedOtherwise ? 'dimension_changed' : 'unexplained';
}

interface Side {
  readonly counted: readonly IdRecord[];
  readonly duplicates: readonly IdRecord[];
  readonly late: readonly IdRecord[];
  /** True if the side has the id under any outcome. */
  readonly isReached: boolean;
  readonly hasDoubledPosition: boolean;
}

function sideOf(records: readonly IdRecord[], side: number): Side {
  const own = records.filter((record) => record.side === side);
  const withOutcome = (...outcomes: number[]) =>
    own.filter(({ outcome }) => outcomes.includes(outcome));
  return {
    counted: withOutcome(ACTIVE, CANCELLED),
    duplicates: withOutcome(DUPLICATE),
    late: withOutcome(LATE),
    isReached: own.length > 0,
    hasDoubledPosition: new Set(own.map(({ position }) => position)).size < own.length,
  };
}

function has(records: readonly IdRecord[], wanted: IdRecord): boolean {
  return records.some(({ values }) => values === wanted.values);
}

/** Each of `part` is one of `whole`, none used twice. */
function isContained(part: readonly IdRecord[], whole: readonly IdRecord[]): boolean {
  const left = new Map<string, number>();
  for (const { values } of whole) left.set(values, (left.get(values) ?? 0) + 1);
  return part.every(({ values }) => {
    const count = left.get(values) ?? 0;
    left.set(values, count - 1);
    return count > 0;
  });
}
