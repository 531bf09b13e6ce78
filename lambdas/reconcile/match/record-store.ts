import { CODED_NAMES } from '../../shared/model/order.ts';
import type { DifferentRecord } from '../model/difference.ts';
import {
  ACTIVE,
  BATCH,
  codedOf,
  type Joined,
  type RecordBatch,
  STREAM,
} from '../model/record-batch.ts';
import { TwinPositions } from './twin-positions.ts';

const CAPACITY_MIN = 1024;

/** Bytes of a record besides its texts, approximately; texts count a byte per character. */
const RECORD_BYTES = 248;

/**
 * Records in memory, by index in order of arrival. Those of one order id form a chain that begins
 * at its first one, the head.
 */
export class RecordStore {
  size = 0;
  /** Bytes held, approximately. */
  sizeBytes = 0;
  side = new Uint8Array(CAPACITY_MIN);
  outcome = new Uint8Array(CAPACITY_MIN);
  isBroken = new Uint8Array(CAPACITY_MIN);
  /** 1: a batch record whose id is equal on both sides. */
  isEqual = new Uint8Array(CAPACITY_MIN);
  /** Index of the next record of the id, or -1. */
  next = new Int32Array(CAPACITY_MIN);
  timeMs = new Float64Array(CAPACITY_MIN);
  quantity = new Int32Array(CAPACITY_MIN);
  priceCents = new Float64Array(CAPACITY_MIN);
  totalCents = new Float64Array(CAPACITY_MIN);
  offset = new Float64Array(CAPACITY_MIN);
  readonly orderId: string[] = [];
  /** By field in `CODED_NAMES`. */
  readonly coded: readonly (string | null)[][] = CODED_NAMES.map(() => []);
  readonly status: (string | null)[] = [];
  readonly source: string[] = [];
  readonly sequence: (string | null)[] = [];
  readonly twins = new TwinPositions();
  readonly customer: (Joined | null)[] = [];
  readonly product: (Joined | null)[] = [];
  readonly issues: (string | null)[] = [];

  /** Adds row `row` of a batch as the head of a chain; returns its index. */
  add(batch: RecordBatch, row: number): number {
    const index = this.size++;
    if (index === this.side.length) this.#grow(index * 2);
    this.side[index] = batch.side[row];
    this.outcome[index] = batch.outcome[row];
    this.isBroken[index] = batch.isBroken[row];
    this.isEqual[index] = 0;
    this.next[index] = -1;
    this.timeMs[index] = batch.timeMs[row];
    this.quantity[index] = batch.quantity[row];
    this.priceCents[index] = batch.priceCents[row];
    this.totalCents[index] = batch.totalCents[row];
    this.offset[index] = batch.offset[row];
    const orderId = batch.orderId[row] ?? '';
    const sequence = batch.sequence?.[row] ?? null;
    this.orderId.push(orderId);
    for (let k = 0; k < CODED_NAMES.length; k++) {
      this.coded[k].push(batch[CODED_NAMES[k]]?.[row] ?? null);
    }
    this.status.push(batch.status?.[row] ?? null);
    this.source.push(batch.source[row]);
    this.sequence.push(sequence);
    this.twins.add();
    this.customer.push(batch.customer?.[row] ?? null);
    this.product.push(batch.product?.[row] ?? null);
    this.issues.push(batch.issues?.[row] ?? null);
    this.sizeBytes += RECORD_BYTES + orderId.length + (sequence?.length ?? 0);
    return index;
  }

  /**
   * Adds a stream record that equals batch record `index` in all but its position, which was noted
   * there.
   */
  addTwin(index: number): number {
    const { source, sequence } = this.twins.at(index);
    const twin: RecordBatch = {
      side: Uint8Array.of(STREAM),
      outcome: this.outcome.slice(index, index + 1),
      isBroken: this.isBroken.slice(index, index + 1),
      orderId: [this.orderId[index]],
      ...codedOf((_, k) => [this.coded[k][index] ?? '']),
      status: [this.status[index] ?? ''],
      timeMs: this.timeMs.slice(index, index + 1),
      quantity: this.quantity.slice(index, index + 1),
      priceCents: this.priceCents.slice(index, index + 1),
      totalCents: this.totalCents.slice(index, index + 1),
      source: [source],
      offset: new Float64Array(1),
      sequence: [sequence],
      customer: listOf(this.customer[index]),
      product: listOf(this.product[index]),
      issues: null,
    };
    return this.add(twin, 0);
  }

  /** Puts a record into the chain of `head`. */
  link(head: number, index: number): void {
    this.next[index] = this.next[head];
    this.next[head] = index;
  }

  /** True for the same values, total, outcome and joined values, if both rows are whole. */
  equals(index: number, batch: RecordBatch, row: number): boolean {
    return (
      this.timeMs[index] === batch.timeMs[row] &&
      this.quantity[index] === batch.quantity[row] &&
      this.priceCents[index] === batch.priceCents[row] &&
      this.totalCents[index] === batch.totalCents[row] &&
      this.outcome[index] === batch.outcome[row] &&
      this.isBroken[index] + batch.isBroken[row] === 0 &&
      this.#hasCodedOf(index, batch, row) &&
      this.status[index] === (batch.status?.[row] ?? null) &&
      isSameJoined(this.customer[index], batch.customer?.[row] ?? null) &&
      isSameJoined(this.product[index], batch.product?.[row] ?? null)
    );
  }

  /** Cents that a record adds to batch revenue − stream revenue. */
  effectCents(index: number): number {
    if (this.outcome[index] !== ACTIVE) return 0;
    const totalCents = this.totalCents[index];
    return this.side[index] === BATCH ? totalCents : -totalCents;
  }

  recordAt(index: number): DifferentRecord {
    const isTyped = this.issues[index] === null;
    const isBatch = this.side[index] === BATCH;
    return {
      side: this.side[index],
      outcome: this.outcome[index],
      source: this.source[index],
      sourceOffset: isBatch ? this.offset[index] : null,
      sequenceNumber: isBatch ? null : this.sequence[index],
      ...codedOf((_, k) => this.coded[k][index]),
      timeMs: isTyped ? this.timeMs[index] : null,
      quantity: isTyped ? this.quantity[index] : null,
      priceCents: isTyped ? this.priceCents[index] : null,
      totalCents: isTyped ? this.totalCents[index] : null,
      status: this.status[index],
      issues: this.issues[index],
      effectCents: this.effectCents(index),
      customer: this.customer[index],
      product: this.product[index],
    };
  }

  #hasCodedOf(index: number, batch: RecordBatch, row: number): boolean {
    for (let k = 0; k < CODED_NAMES.length; k++) {
      if (this.coded[k][index] !== (batch[CODED_NAMES[k]]?.[row] ?? null)) return false;
    }
    return true;
  }

  #grow(capacity: number): void {
    this.side = copied(this.side, new Uint8Array(capacity));
    this.outcome = copied(this.outcome, new Uint8Array(capacity));
    this.isBroken = copied(this.isBroken, new Uint8Array(capacity));
    this.isEqual = copied(this.isEqual, new Uint8Array(capacity));
    this.next = copied(this.next, new Int32Array(capacity));
    this.timeMs = copied(this.timeMs, new Float64Array(capacity));
    this.quantity = copied(this.quantity, new Int32Array(capacity));
    this.priceCents = copied(this.priceCents, new Float64Array(capacity));
    this.totalCents = copied(this.totalCents, new Float64Array(capacity));
    this.offset = copied(this.offset, new Float64Array(capacity));
  }
}

function copied<T extends Uint8Array | Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

function listOf(joined: Joined | null): Joined[] | null {
  return joined === null ? null : [joined];
}

function isSameJoined(a: Joined | null, b: Joined | null): boolean {
  if (a === b) return true;
  if (a === null || b === null) return false;
  return a.every((value, i) => value === b[i]);
}
