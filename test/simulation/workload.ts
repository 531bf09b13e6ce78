import { hashKeyOf } from '../../lambdas/shared/model/hash-key.ts';
import type { NewRecord } from '../../lambdas/shared/ports/event-stream.ts';
import type { Random } from '../../lib/embedded/generate/random.ts';
import { oneOf } from './settings.ts';
import type { World } from './world.ts';

const PRODUCTS = ['p1', 'p2', 'p3', 'p4'];
const CUSTOMERS = ['c1', 'c2', 'c3'];
const STATUSES = ['completed', 'Pending', 'processing', 'cancelled', 'DONE', 'canceled'];
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const HALF_OF_KEYS = 1n << 127n;

interface SentOrder {
  readonly orderId: string;
  readonly eventTimeMs: number;
}

/** Puts orders into the stream, round by round, with pauses in between. */
export class Producer {
  readonly #world: World;
  readonly #random: Random;
  readonly #sent: SentOrder[] = [];
  #orderCount = 0;
  #roundsLeft: number;
  /** Only keys of one half are sent until then. */
  #silentHalf: { readonly isUpper: boolean; readonly untilMs: number } | null = null;

  constructor(world: World) {
    this.#world = world;
    this.#random = world.randoms.workload;
    this.#roundsLeft = world.settings.roundCount;
  }

  get isDone(): boolean {
    return this.#roundsLeft === 0;
  }

  start(): void {
    this.#world.scheduler.after(this.#random.below(10_000), () => this.#round());
  }

  #round(): void {
    const { settings, scheduler } = this.#world;
    this.#roundsLeft -= 1;
    const count = this.#random.between(1, settings.recordsPerRoundMax);
    const records = Array.from({ length: count }, () => this.#record());
    this.#world.put(records.filter((record) => this.#isHeard(record)));
    if (this.isDone) return;
    const isLong = this.#random.chance(settings.longPauseRate);
    const pauseMs = isLong
      ? this.#random.between(5, 60) * MINUTE_MS
      : this.#random.exponential() * settings.meanPauseMs;
    scheduler.after(pauseMs, () => this.#round());
  }

  #isHeard({ partitionKey }: NewRecord): boolean {
    const nowMs = this.#world.scheduler.now();
    if (this.#silentHalf === null && this.#world.faults.strikes('idle_shard')) {
      const untilMs = nowMs + this.#random.between(1, 90) * MINUTE_MS;
      this.#silentHalf = { isUpper: this.#random.chance(0.5), untilMs };
    }
    if (this.#silentHalf !== null && this.#silentHalf.untilMs < nowMs) this.#silentHalf = null;
    const isUpper = hashKeyOf(partitionKey) >= HALF_OF_KEYS;
    return this.#silentHalf === null || this.#silentHalf.isUpper !== isUpper;
  }

  #record(): NewRecord {
    const order = this.#order();
    this.#sent.push(order);
    if (this.#random.chance(0.06)) return this.#broken(order);
    const data = encode({
      order_id: order.orderId,
      customer_id: oneOf(this.#random, CUSTOMERS),
      product_id: oneOf(this.#random, PRODUCTS),
      order_timestamp: new Date(order.eventTimeMs).toISOString(),
      quantity: this.#random.between(1, 5),
      price: `${this.#random.between(0, 99)}.${this.#random.between(10, 99)}`,
      status: oneOf(this.#random, STATUSES),
    });
    // A producer that does not go by the contract: dedupe may not see all of an order then.
    const isOtherKey = this.#world.faults.strikes('other_key');
    const partitionKey = isOtherKey ? `key-${this.#random.below(100)}` : order.orderId;
    return { partitionKey, data };
  }

  #order(): SentOrder {
    const { faults, scheduler, settings } = this.#world;
    const nowMs = scheduler.now();
    if (this.#sent.length > 0 && faults.strikes('duplicate')) {
      const again = oneOf(this.#random, this.#sent.slice(-40));
      const isSame = this.#random.chance(0.5);
      return isSame ? again : { ...again, eventTimeMs: this.#eventTime(nowMs) };
    }
    this.#orderCount += 1;
    const orderId = `o${this.#orderCount}`;
    if (faults.strikes('wrong_clock')) return { orderId, eventTimeMs: this.#wrongTime(nowMs) };
    if (faults.strikes('late_burst')) {
      return { orderId, eventTimeMs: nowMs - this.#random.below(4 * HOUR_MS) };
    }
    const disorderMs = this.#random.exponential() * settings.meanDisorderMs;
    return { orderId, eventTimeMs: Math.floor(nowMs - disorderMs) };
  }

  #eventTime(nowMs: number): number {
    return nowMs - this.#random.below(40 * MINUTE_MS);
  }

  #wrongTime(nowMs: number): number {
    return oneOf(this.#random, [
      Date.UTC(2199, 11, 31, 23, 59),
      nowMs + this.#random.below(3 * HOUR_MS),
      nowMs + 24 * HOUR_MS,
      nowMs - 30 * 24 * HOUR_MS,
      0,
    ]);
  }

  /** Ends in quarantine. */
  #broken({ orderId }: SentOrder): NewRecord {
    const data = oneOf(this.#random, [
      encode({ order_id: orderId, quantity: 0 }),
      new TextEncoder().encode('{"order_id": '),
      new Uint8Array([0xff, 0xfe, 0x00]),
      encode({ customer_id: 'c1', product_id: 'p1', price: '-1', quantity: 1, status: 'lost' }),
    ]);
    return { partitionKey: orderId, data };
  }
}

function encode(order: Readonly<Record<string, unknown>>): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(order));
}
