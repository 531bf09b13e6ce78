import type { OrderColumns } from '../../shared/ingest/order-columns.ts';
import type { EpochMs } from '../../shared/model/time.ts';
import { isClaimExpired } from '../../shared/rules/claim-expiry.ts';
import { countsByCode, IssueCounter } from '../../shared/rules/issue-counts.ts';
import {
  cappedTime,
  isLate,
  NO_TIME,
  type ShardTimes,
  type StreamTimes,
  watermarkOf,
} from '../../shared/rules/lateness.ts';
import {
  countOutcomes,
  DUPLICATE,
  LATE,
  OUTCOME_OF_STATUS,
  type OutcomeCounts,
  QUARANTINED,
} from '../../shared/rules/outcome.ts';
import { CLAIM_OVERHEAD_BYTES, type ClaimList, type ClaimSet } from '../../shared/state/claims.ts';

/** Rows in order of the log; arrays by row of `columns`. */
export interface ArrivedOrders {
  readonly columns: OrderColumns;
  readonly arrivalTimeMs: Float64Array;
  /** What each record takes in a segment. */
  readonly segmentBytes: Float64Array;
}

export interface CutLimits {
  readonly claimBytes: number;
  readonly segmentBytes: number;
}

/** Rows `[from, to)` with their outcomes; valid until the next `classify`. */
export interface ClassifiedCut {
  readonly from: number;
  readonly to: number;
  /** For each row, an index in `OUTCOMES`. */
  readonly outcome: Uint8Array;
  /** For each late row, the watermark before it. */
  readonly watermarkMs: Float64Array;
  /** The shard's times after these records. */
  readonly times: ShardTimes;
  readonly counts: OutcomeCounts;
  readonly issues: Record<string, number>;
  readonly claims: ClaimList;
  readonly claimMaxMs: EpochMs | null;
}

/**
 * Gives each record its outcome (contract §2.1, §4), in the order of a shard's log. Depends on the
 * earlier records and the shard's state only, never on a clock.
 */
export class Classifier {
  readonly #lengths: StreamTimes;
  readonly #limits: CutLimits;
  readonly #outcome: Uint8Array;
  readonly #watermarkMs: Float64Array;
  readonly #claimStarts: Uint32Array;
  readonly #claimEnds: Uint32Array;
  readonly #claimTimeMs: Float64Array;
  #claimCount = 0;
  #claimBytes = 0;

  /** `capacity`: rows of the largest batch. */
  constructor(lengths: StreamTimes, limits: CutLimits, capacity: number) {
    this.#lengths = lengths;
    this.#limits = limits;
    this.#outcome = new Uint8Array(capacity);
    this.#watermarkMs = new Float64Array(capacity);
    this.#claimStarts = new Uint32Array(capacity);
    this.#claimEnds = new Uint32Array(capacity);
    this.#claimTimeMs = new Float64Array(capacity);
  }

  /**
   * Classifies rows from `from` on until a limit is reached, at least one. New claims are added to
   * `claims`, which is worth nothing any more where the cut does not become an entry.
   */
  classify(
    orders: ArrivedOrders,
    from: number,
    times: ShardTimes,
    claims: ClaimSet,
  ): ClassifiedCut {
    const { rowCount } = orders.columns;
    const { watermarkDelayMs } = this.#lengths;
    let { maxEventTimeMs } = times;
    let segmentBytes = 0;
    this.#claimCount = 0;
    this.#claimBytes = 0;
    let row = from;
    for (; row < rowCount; row++) {
      segmentBytes += orders.segmentBytes[row];
      const isFirst = row === from;
      if (!isFirst && segmentBytes > this.#limits.segmentBytes) break;
      if (!isFirst && !this.#hasClaimRoom(orders, row)) break;
      if (orders.columns.issues[row] !== 0) {
        this.#outcome[row] = QUARANTINED;
        continue;
      }
      const watermarkMs = watermarkOf({ maxEventTimeMs, floorMs: times.floorMs }, watermarkDelayMs);
      const cappedMs = this.#classifyValid(orders, row, watermarkMs, claims);
      maxEventTimeMs = Math.max(maxEventTimeMs, cappedMs) as EpochMs;
    }
    return this.#cut(orders.columns, from, row, { maxEventTimeMs, floorMs: times.floorMs });
  }

  /** Returns the time that moves the watermark; `NO_TIME` for a late record. */
  #classifyValid(
    { columns, arrivalTimeMs }: ArrivedOrders,
    row: number,
    watermarkMs: EpochMs,
    claims: ClaimSet,
  ): EpochMs {
    const { windowLengthMs, dedupeHorizonMs, maxAheadMs } = this.#lengths;
    const timeMs = columns.timeMs[row];
    if (isLate(timeMs, watermarkMs, windowLengthMs)) {
      this.#outcome[row] = LATE;
      this.#watermarkMs[row] = watermarkMs;
      return NO_TIME;
    }
    const cappedMs = cappedTime(timeMs, arrivalTimeMs[row], maxAheadMs);
    const start = row === 0 ? 0 : columns.idEnd[row - 1];
    const end = columns.idEnd[row];
    const hash = columns.idHash[row];
    // `NO_TIME`, that of an id without a claim, is expired at any watermark.
    const claimedMs = claims.timeOf(columns.ids.view, start, end, hash);
    if (!isClaimExpired(claimedMs, watermarkMs, dedupeHorizonMs)) {
      this.#outcome[row] = DUPLICATE;
      return cappedMs;
    }
    this.#outcome[row] = OUTCOME_OF_STATUS[columns.status[row]];
    claims.add(columns.ids.view, start, end, cappedMs, hash);
    const claim = this.#claimCount++;
    this.#claimStarts[claim] = start;
    this.#claimEnds[claim] = end;
    this.#claimTimeMs[claim] = cappedMs;
    this.#claimBytes += end - start + CLAIM_OVERHEAD_BYTES;
    return cappedMs;
  }

  /** Asked of a row with one before it. */
  #hasClaimRoom({ columns }: ArrivedOrders, row: number): boolean {
    const idBytes = columns.idEnd[row] - columns.idEnd[row - 1];
    return this.#claimBytes + idBytes + CLAIM_OVERHEAD_BYTES <= this.#limits.claimBytes;
  }

  #cut(columns: OrderColumns, from: number, to: number, times: ShardTimes): ClassifiedCut {
    let claimMaxMs: number = NO_TIME;
    for (let i = 0; i < this.#claimCount; i++) {
      claimMaxMs = Math.max(claimMaxMs, this.#claimTimeMs[i]);
    }
    const claims = {
      count: this.#claimCount,
      ids: columns.ids.view,
      starts: this.#claimStarts,
      ends: this.#claimEnds,
      timeMs: this.#claimTimeMs,
    };
    return {
      from,
      to,
      outcome: this.#outcome,
      watermarkMs: this.#watermarkMs,
      times,
      counts: countOutcomes(this.#outcome, from, to),
      issues: countIssues(columns, from, to),
      claims,
      claimMaxMs: this.#claimCount === 0 ? null : (claimMaxMs as EpochMs),
    };
  }
}

/** Records by issue code (contract §2.3). */
function countIssues({ issues }: OrderColumns, from: number, to: number): Record<string, number> {
  const counter = new IssueCounter();
  for (let row = from; row < to; row++) if (issues[row] !== 0) counter.add(issues[row]);
  return countsByCode(counter.counts);
}
