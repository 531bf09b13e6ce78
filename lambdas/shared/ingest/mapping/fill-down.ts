import type { PresenceCheck } from '../present-value.ts';
import type { SpanBatch } from '../span-batch.ts';
import type { MappedRoom } from './mapped-room.ts';

/**
 * Gives a record the values that its file wrote in the record before, where both belong together
 * (contract §1.3, `fillDown`): only neighbours do, so that memory does not grow with the file.
 * Reads one file once, in order.
 */
export class FillDown {
  readonly #by: number;
  readonly #slots: readonly number[];
  readonly #isPresent: PresenceCheck;
  /** Of the record before: what it belongs to, and its values; null: it has none. */
  #key: Buffer | null = null;
  #values: (Buffer | null)[];

  constructor(
    { by, slots }: { readonly by: number; readonly slots: readonly number[] },
    isPresent: PresenceCheck,
  ) {
    this.#by = by;
    this.#slots = slots;
    this.#isPresent = isPresent;
    this.#values = slots.map(() => null);
  }

  /** Fills the missing values of a batch. Records with an issue of the whole record stay as is. */
  apply(batch: SpanBatch, room: MappedRoom): void {
    const { recordIssue, recordCount, starts, ends, bytes } = batch;
    const [keyStarts, keyEnds] = [starts[this.#by], ends[this.#by]];
    let before = -1;
    for (let i = 0; i < recordCount; i++) {
      if (recordIssue[i] !== 0) continue;
      const hasKey = this.#isPresent(bytes, keyStarts, keyEnds, i);
      if (hasKey && this.#isSameKey(batch, before, i)) this.#fill(batch, { before, i, room });
      before = i;
      if (!hasKey) keyStarts[i] = -1;
    }
    if (before >= 0) this.#keep(batch, before);
  }

  #isSameKey({ bytes, starts, ends }: SpanBatch, before: number, i: number): boolean {
    const own = bytes.subarray(starts[this.#by][i], ends[this.#by][i]);
    if (before < 0) return this.#key?.equals(own) === true;
    const start = starts[this.#by][before];
    return start >= 0 && Buffer.compare(bytes.subarray(start, ends[this.#by][before]), own) === 0;
  }

  #fill(
    { bytes, starts, ends }: SpanBatch,
    { before, i, room }: { before: number; i: number; room: MappedRoom },
  ): void {
    this.#slots.forEach((slot, k) => {
      if (this.#isPresent(bytes, starts[slot], ends[slot], i)) return;
      if (before >= 0) {
        starts[slot][i] = starts[slot][before];
        ends[slot][i] = ends[slot][before];
        return;
      }
      const value = this.#values[k];
      starts[slot][i] = value === null ? -1 : room.write(value);
      ends[slot][i] = room.at;
    });
  }

  #keep({ bytes, starts, ends }: SpanBatch, last: number): void {
    const copyOf = (slot: number) =>
      starts[slot][last] < 0
        ? null
        : Buffer.from(bytes.subarray(starts[slot][last], ends[slot][last]));
    this.#key = copyOf(this.#by);
    this.#values = this.#slots.map((slot) => shortened(copyOf(slot)));
  }
}

/** More than any value may have that is no row of zeros. */
const MAX_KEPT_BYTES = 4096;
const QUESTION_MARK = 0x3f;

/** So that all of a batch have room: what is longer stays too long, and becomes no number. */
function shortened(value: Buffer | null): Buffer | null {
  if (value === null || value.length <= MAX_KEPT_BYTES) return value;
  const kept = Buffer.from(value.subarray(0, MAX_KEPT_BYTES));
  kept[MAX_KEPT_BYTES - 1] = QUESTION_MARK;
  return kept;
}
