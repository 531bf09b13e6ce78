import type { Config } from '../../../lambdas/shared/model/config.ts';
import { MS_PER_DAY } from '../../../lambdas/shared/model/time.ts';
import { Random } from './random.ts';

/** Keeps the numbers of arrivals apart from those of the rows' values (`order-values.ts`). */
const ARRIVAL_KEY = 0x41525256;
const NONE = -1;

export interface ArrivalPlan {
  readonly orderCount: number;
  readonly seed: number;
  readonly config: Config['generate'];
}

/**
 * Orders and their copies in order of arrival, in memory that depends on how many are under way,
 * not on their total. Event times are sorted uniform draws: the partial sums of exponential gaps,
 * divided by their total. Two passes over the same random numbers give first the total, then the
 * times. What is under way waits in one list per second of arrival; within a second, earlier event
 * times come first. Times are whole seconds since the start of the first day.
 */
export class ArrivalOrder {
  /** Rows in all, orders and copies, once `measure` has returned true. */
  rowCount = 0;
  /** The row that `next` has moved to: the order's index, from 0, and the row's event time. */
  orderIndex = 0;
  eventSec = 0;

  private readonly plan: ArrivalPlan;
  private readonly random: Random;
  private readonly rangeSec: number;
  private readonly earlySec: number;
  private readonly lateSec: number;
  private secPerGap = 0;
  private gapSum = 0;
  private drawnCount = 0;
  private drawnEventSec = 0;
  private isOrderWaiting = false;
  private copyDelaySec = NONE;
  private shiftSec = 0;

  /** Lists by second of arrival, in a ring: first and last entry. */
  private readonly first: Int32Array;
  private readonly last: Int32Array;
  private nextEntry: Int32Array = new Int32Array(1024);
  private entryOrder: Uint32Array = new Uint32Array(1024);
  private entryEventSec: Float64Array = new Float64Array(1024);
  private freeEntry = NONE;
  private usedEntries = 0;
  private waitingCount = 0;

  private entry = NONE;
  private arrivalSec: number;
  /** Nothing that is still to be drawn arrives before this second. */
  private settledSec: number;
  private readonly endSec: number;

  constructor(plan: ArrivalPlan) {
    const { config } = plan;
    this.plan = plan;
    const dayCount = (Date.parse(config.to) - Date.parse(config.from)) / MS_PER_DAY + 1;
    this.rangeSec = (dayCount * MS_PER_DAY) / 1000;
    this.earlySec = Math.floor(config.disorderEarlyMaxMs / 1000);
    this.lateSec = Math.floor(config.disorderLateMaxMs / 1000);
    const longestWaitSec = Math.max(this.lateSec, Math.floor(config.duplicateDelayMaxMs / 1000));
    this.endSec = this.rangeSec + longestWaitSec + 1;
    this.arrivalSec = -this.earlySec - 1;
    this.settledSec = this.arrivalSec;

    const ringSize = 2 ** Math.ceil(Math.log2(this.earlySec + longestWaitSec + 2));
    this.first = new Int32Array(ringSize).fill(NONE);
    this.last = new Int32Array(ringSize).fill(NONE);

    this.random = new Random(plan.seed, Math.floor(plan.seed / 2 ** 32), ARRIVAL_KEY);
  }

  /**
   * The first pass, over at most `orderCount` more orders; true when it is through, and `next` may
   * be called. In pieces, so that a caller can be interrupted.
   */
  measure(orderCount: number): boolean {
    const { plan, random } = this;
    const end = Math.min(plan.orderCount, this.drawnCount + orderCount);
    for (; this.drawnCount < end; this.drawnCount++) {
      this.draw();
      this.rowCount += this.copyDelaySec === NONE ? 1 : 2;
    }
    if (end < plan.orderCount) return false;
    this.secPerGap = this.rangeSec / (this.gapSum + random.exponential());
    this.gapSum = 0;
    this.drawnCount = 0;
    random.restart(plan.seed, Math.floor(plan.seed / 2 ** 32), ARRIVAL_KEY);
    return true;
  }

  /** Moves to the row that arrives next; false at the end. */
  next(): boolean {
    for (;;) {
      const entry = this.entry;
      if (entry !== NONE) {
        this.orderIndex = this.entryOrder[entry] as number;
        this.eventSec = this.entryEventSec[entry] as number;
        this.entry = this.nextEntry[entry] as number;
        this.nextEntry[entry] = this.freeEntry;
        this.freeEntry = entry;
        this.waitingCount -= 1;
        return true;
      }
      if (this.arrivalSec + 1 < this.settledSec) this.openNextSecond();
      else if (this.isOrderWaiting) this.addWaitingOrder();
      else if (this.drawnCount < this.plan.orderCount) this.drawNextOrder();
      else if (this.settledSec < this.endSec) this.settledSec = this.endSec;
      else return false;
    }
  }

  private openNextSecond(): void {
    // With few orders in many years, skips the empty seconds.
    this.arrivalSec = this.waitingCount === 0 ? this.settledSec - 1 : this.arrivalSec + 1;
    const slot = (this.arrivalSec + this.earlySec) & (this.first.length - 1);
    this.entry = this.first[slot] as number;
    this.first[slot] = NONE;
  }

  /** The seconds before it are emptied first: the ring holds no more than one order's reach. */
  private drawNextOrder(): void {
    this.draw();
    this.drawnCount += 1;
    this.drawnEventSec = Math.min(this.rangeSec - 1, Math.floor(this.gapSum * this.secPerGap));
    this.settledSec = this.drawnEventSec - this.earlySec;
    this.isOrderWaiting = true;
  }

  private addWaitingOrder(): void {
    const orderIndex = this.drawnCount - 1;
    const eventSec = this.drawnEventSec;
    this.isOrderWaiting = false;
    this.add(orderIndex, eventSec, eventSec + this.shiftSec);
    if (this.copyDelaySec === NONE) return;
    const copySec = eventSec + this.copyDelaySec;
    this.add(orderIndex, copySec, copySec);
  }

  private add(orderIndex: number, eventSec: number, arrivalSec: number): void {
    let entry = this.freeEntry;
    if (entry === NONE) {
      if (this.usedEntries === this.nextEntry.length) this.grow();
      entry = this.usedEntries++;
    } else {
      this.freeEntry = this.nextEntry[entry] as number;
    }
    this.waitingCount += 1;
    this.entryOrder[entry] = orderIndex;
    this.entryEventSec[entry] = eventSec;
    this.nextEntry[entry] = NONE;
    const slot = (arrivalSec + this.earlySec) & (this.first.length - 1);
    if (this.first[slot] === NONE) this.first[slot] = entry;
    else this.nextEntry[this.last[slot] as number] = entry;
    this.last[slot] = entry;
  }

  private grow(): void {
    const length = this.nextEntry.length * 2;
    const nextEntry = new Int32Array(length);
    const entryOrder = new Uint32Array(length);
    const entryEventSec = new Float64Array(length);
    nextEntry.set(this.nextEntry);
    entryOrder.set(this.entryOrder);
    entryEventSec.set(this.entryEventSec);
    this.nextEntry = nextEntry;
    this.entryOrder = entryOrder;
    this.entryEventSec = entryEventSec;
  }

  /**
   * The gap to the next order, when it arrives and when its copy comes. Both passes draw the same.
   */
  private draw(): void {
    const { random, plan } = this;
    this.gapSum += random.exponential();
    this.shiftSec = random.chance(plan.config.disorderRate)
      ? random.between(-this.earlySec, this.lateSec)
      : 0;
    this.copyDelaySec = random.chance(plan.config.duplicateRate)
      ? random.between(
          Math.ceil(plan.config.duplicateDelayMinMs / 1000),
          Math.floor(plan.config.duplicateDelayMaxMs / 1000),
        )
      : NONE;
  }
}
