import { readEvent } from '../../support/oracle/event.ts';
import { DEFAULT_STATUSES, examine, type Order } from '../../support/oracle/order.ts';

/** What the stream times of contract §4 are in a seed. */
export interface ModelTimes {
  readonly windowLengthMs: number;
  readonly watermarkDelayMs: number;
  readonly dedupeHorizonMs: number;
  readonly maxAheadMs: number;
}

export interface ModelRecord {
  readonly data: Uint8Array;
  readonly arrivalTimeMs: number;
}

export interface ModelOutcome {
  readonly outcome: 'active' | 'cancelled' | 'quarantined' | 'duplicate' | 'late';
  /** Before the record; null: none yet. */
  readonly watermarkMs: number | null;
  readonly issues: readonly string[];
  readonly order: Order | null;
}

/** A claim that a counted record made. */
export interface ModelClaim {
  readonly orderId: string;
  readonly eventTimeMs: number;
  readonly claimTimeMs: number;
  readonly isCapped: boolean;
}

/**
 * Contract §2.1 and §4 for one shard, record by record: slow and obvious, and nothing of it is
 * shared with the product.
 */
export class ShardModel {
  readonly #times: ModelTimes;
  readonly #claims: ModelClaim[];
  maxEventTimeMs: number | null = null;
  floorMs: number | null;

  constructor(times: ModelTimes, start: { floorMs: number | null; claims: readonly ModelClaim[] }) {
    this.#times = times;
    this.#claims = [...start.claims];
    this.floorMs = start.floorMs;
  }

  /** A child begins with the claims of its parents and the largest of their watermarks. */
  static childOf(times: ModelTimes, parents: readonly ShardModel[]): ShardModel {
    const watermarks = parents.flatMap(({ watermarkMs }) => watermarkMs ?? []);
    const floorMs = watermarks.length === 0 ? null : Math.max(...watermarks);
    return new ShardModel(times, { floorMs, claims: parents.flatMap((parent) => parent.claims) });
  }

  get claims(): readonly ModelClaim[] {
    return this.#claims;
  }

  get watermarkMs(): number | null {
    const { maxEventTimeMs, floorMs } = this;
    if (maxEventTimeMs === null) return floorMs;
    const byEvents = maxEventTimeMs - this.#times.watermarkDelayMs;
    return floorMs === null ? byEvents : Math.max(floorMs, byEvents);
  }

  add({ data, arrivalTimeMs }: ModelRecord): ModelOutcome {
    const { watermarkMs } = this;
    const event = readEvent(data);
    const { issues, order } =
      event.issue === null
        ? examine(event.values, DEFAULT_STATUSES)
        : { issues: [event.issue], order: null };
    if (order === null) return { outcome: 'quarantined', watermarkMs, issues, order };
    const { windowLengthMs, maxAheadMs } = this.#times;
    const windowEndMs = (Math.floor(order.eventTimeMs / windowLengthMs) + 1) * windowLengthMs;
    if (watermarkMs !== null && windowEndMs <= watermarkMs) {
      return { outcome: 'late', watermarkMs, issues, order };
    }
    const claimTimeMs = Math.min(order.eventTimeMs, arrivalTimeMs + maxAheadMs);
    const isDuplicate = this.#isClaimed(order.orderId, watermarkMs);
    this.maxEventTimeMs = Math.max(this.maxEventTimeMs ?? claimTimeMs, claimTimeMs);
    if (isDuplicate) return { outcome: 'duplicate', watermarkMs, issues, order };
    const { orderId, eventTimeMs } = order;
    const isCapped = claimTimeMs !== eventTimeMs;
    this.#claims.push({ orderId, eventTimeMs, claimTimeMs, isCapped });
    const outcome = order.status === 'cancelled' ? 'cancelled' : 'active';
    return { outcome, watermarkMs, issues, order };
  }

  #isClaimed(orderId: string, watermarkMs: number | null): boolean {
    return this.#claims.some(
      (claim) =>
        claim.orderId === orderId &&
        (watermarkMs === null || watermarkMs < claim.claimTimeMs + this.#times.dedupeHorizonMs),
    );
  }
}
