import { CODED_NAMES } from '../../shared/model/order.ts';
import type { DifferentRecord } from '../model/difference.ts';
import { isInPeriod, type Period } from '../model/period.ts';
import { ACTIVE, BATCH, CANCELLED, type RecordBatch } from '../model/record-batch.ts';
import { differingFields } from './differing-fields.ts';
import { explainId, type IdClass, type IdRecord } from './explain-id.ts';
import { RecordStore } from './record-store.ts';

/** More records than fit in the intended memory: deal them into more partitions and start again. */
export class PartitionTooLarge extends Error {
  override readonly name = 'PartitionTooLarge';
}

/** An order id that differs, with all of its records on both sides. */
export interface IdDifference {
  readonly orderId: string;
  readonly class: IdClass;
  readonly differs: string | null;
  readonly records: readonly DifferentRecord[];
}

/**
 * Finds the differing order ids among the records of one partition. Takes the counted records of
 * batch first, then those of the stream, which are dropped if they equal batch's, as nearly all do;
 * then all others, of which only those of differing ids are kept.
 */
export class RecordMatcher {
  readonly #store = new RecordStore();
  readonly #headOf = new Map<string, number>();
  readonly #bytesMax: number;
  readonly #period: Period;
  #equalCount = 0;

  /** Leaves out ids without a counted record in the period. */
  constructor(bytesMax: number, period: Period) {
    this.#bytesMax = bytesMax;
    this.#period = period;
  }

  /** True if any id differs. */
  get hasDifferences(): boolean {
    return this.#equalCount < this.#headOf.size;
  }

  /** Takes batch's counted records; call it before the others. Throws `PartitionTooLarge`. */
  addBatchCounted(batch: RecordBatch): void {
    for (let row = 0; row < batch.side.length; row++) this.#insert(batch, row);
    this.#checkSize();
  }

  /**
   * Takes the stream's counted records, and drops those equal to batch's. Throws
   * `PartitionTooLarge`.
   */
  addStreamCounted(batch: RecordBatch): void {
    for (let row = 0; row < batch.side.length; row++) {
      const head = this.#headOf.get(batch.orderId[row] ?? '');
      if (head === undefined || !this.#isTwin(head, batch, row)) this.#insert(batch, row);
      else this.#drop(head, batch, row);
    }
    this.#checkSize();
  }

  /** Takes all other records, and keeps those of differing ids. Throws `PartitionTooLarge`. */
  addOthers(batch: RecordBatch): void {
    for (let row = 0; row < batch.side.length; row++) {
      const orderId = batch.orderId[row];
      const head = orderId === null ? undefined : this.#headOf.get(orderId);
      if (head === undefined || this.#store.isEqual[head] === 1) continue;
      this.#store.link(head, this.#store.add(batch, row));
    }
    this.#checkSize();
  }

  /** The differing ids with all their records, in order of first appearance. Call it last. */
  *differences(): Generator<IdDifference> {
    for (const [orderId, head] of this.#headOf) {
      if (this.#store.isEqual[head] === 1) continue;
      const records: DifferentRecord[] = [];
      const idRecords: IdRecord[] = [];
      for (let index = head; index >= 0; index = this.#store.next[index]) {
        const record = this.#recordAt(index);
        records.push(record);
        const isBroken = this.#store.isBroken[index] === 1;
        idRecords.push(idRecordOf(record, { isBroken, isInPeriod: this.#isInPeriod(record) }));
      }
      if (!idRecords.some((record) => record.isInPeriod && isCounted(record))) continue;
      const differs = differingFields(records);
      yield { orderId, class: explainId(idRecords), differs, records };
    }
  }

  /** A record outside the period adds nothing to its revenue. */
  #recordAt(index: number): DifferentRecord {
    const record = this.#store.recordAt(index);
    return this.#isInPeriod(record) ? record : { ...record, effectCents: 0 };
  }

  #isInPeriod({ timeMs }: DifferentRecord): boolean {
    return timeMs !== null && isInPeriod(this.#period, timeMs);
  }

  #isTwin(head: number, batch: RecordBatch, row: number): boolean {
    const store = this.#store;
    const isAlone = this.#store.isEqual[head] === 0 && store.next[head] === -1;
    return isAlone && store.side[head] === BATCH && store.equals(head, batch, row);
  }

  #drop(head: number, batch: RecordBatch, row: number): void {
    this.#store.isEqual[head] = 1;
    this.#equalCount += 1;
    this.#store.twins.set(head, batch.source[row], batch.sequence?.[row] ?? '');
  }

  #insert(batch: RecordBatch, row: number): void {
    const index = this.#store.add(batch, row);
    const orderId = this.#store.orderId[index];
    const head = this.#headOf.get(orderId);
    if (head === undefined) {
      this.#headOf.set(orderId, index);
      return;
    }
    if (this.#store.isEqual[head] === 1) {
      this.#store.isEqual[head] = 0;
      this.#equalCount -= 1;
      this.#store.link(head, this.#store.addTwin(head));
    }
    this.#store.link(head, index);
  }

  #checkSize(): void {
    if (this.#store.sizeBytes > this.#bytesMax) throw new PartitionTooLarge();
  }
}

const isCounted = ({ outcome }: IdRecord) => outcome === ACTIVE || outcome === CANCELLED;

function idRecordOf(
  record: DifferentRecord,
  flags: Pick<IdRecord, 'isBroken' | 'isInPeriod'>,
): IdRecord {
  const { side, outcome, source, sourceOffset, sequenceNumber, customer, product } = record;
  const { timeMs, quantity, priceCents, totalCents, status } = record;
  const coded = CODED_NAMES.map((name) => record[name]);
  const valuesButStatus = JSON.stringify([...coded, timeMs, quantity, priceCents, totalCents]);
  return {
    ...flags,
    side,
    outcome,
    values: `${valuesButStatus} ${status}`,
    valuesButStatus,
    position: JSON.stringify([source, sourceOffset ?? sequenceNumber]),
    joined: customer === null ? null : JSON.stringify([customer, product]),
  };
}
