import type { FieldMapping } from '../../model/config-fields.ts';
import type { InputMapping } from '../../model/config-input.ts';
import { ORDER_FIELDS, ORDER_TIMESTAMP, PRICE, QUANTITY, STATUS } from '../../model/order.ts';
import type { PresenceCheck } from '../present-value.ts';
import type { SpanBatch } from '../span-batch.ts';
import type { FieldPlan } from './field-plan.ts';
import { fieldWriter, type ValueKind, type ValueWriter } from './field-writers.ts';
import { FillDown } from './fill-down.ts';
import { MAX_MAPPED_BYTES, MappedRoom } from './mapped-room.ts';
import { presenceCheck } from './missing-values.ts';

/** What has to be done to a field after its columns were found. */
interface MappedField {
  readonly field: number;
  readonly sources: readonly number[];
  readonly join: Uint8Array;
  /** Stands in for a missing value. */
  readonly fallback: Uint8Array | null;
  /** Null: the value stays as it is. */
  readonly write: ValueWriter | null;
}

/**
 * Turns the values of one file, or of the stream, into those of Tandem's own form (contract §1.3),
 * between the scanner that finds them and the parsers that read them: mapped or not, records meet
 * the same rules. Values that do not change stay where they are in the input.
 */
export class MappedValues {
  readonly #plan: FieldPlan;
  readonly #fields: readonly MappedField[];
  readonly #isPresent: PresenceCheck;
  readonly #fillDown: FillDown | null;
  #room: MappedRoom | null = null;

  private constructor(plan: FieldPlan, fields: readonly MappedField[], isPresent: PresenceCheck) {
    this.#plan = plan;
    this.#fields = fields;
    this.#isPresent = isPresent;
    this.#fillDown = plan.fillDown === null ? null : new FillDown(plan.fillDown, isPresent);
  }

  /** For one file from its first record on; null if its values stay as they are. */
  static of(mapping: InputMapping, plan: FieldPlan): MappedValues | null {
    const fields = ORDER_FIELDS.map((name, field) =>
      mappedField(mapping, { name, field, sources: plan.sources[field] }),
    );
    const { currency } = plan;
    if (currency !== null) {
      const { slot: field, sources } = currency;
      fields.push(mappedField(mapping, { name: 'currency', field, sources }));
    }
    const changed = fields.filter((field) => field !== null);
    if (changed.length === 0 && plan.fillDown === null) return null;
    return new MappedValues(plan, changed, presenceCheck(mapping.missingValues));
  }

  /**
   * Changes the spans of all records of a batch; `roomAt` is where the room for mapped values
   * begins in its bytes. Once for each batch.
   */
  apply(batch: SpanBatch, roomAt: number): void {
    if (this.#room?.bytes !== batch.bytes) this.#room = new MappedRoom(batch.bytes, roomAt);
    const room = this.#room;
    room.clear();
    this.#fillDown?.apply(batch, room);
    const { starts, ends, recordCount } = batch;
    for (const { from, to } of this.#plan.copies) {
      starts[to].set(starts[from].subarray(0, recordCount));
      ends[to].set(ends[from].subarray(0, recordCount));
    }
    for (const field of this.#fields) {
      const { sources } = field;
      if (sources.length === 0) setConstant(batch, field, room);
      else if (sources.length === 1) this.#mapOne(batch, field, room);
      else this.#join(batch, field, room);
    }
  }

  #mapOne(batch: SpanBatch, { field, sources, fallback, write }: MappedField, room: MappedRoom) {
    const { recordIssue, recordCount, bytes } = batch;
    const [fromStarts, fromEnds] = [batch.starts[sources[0]], batch.ends[sources[0]]];
    const [starts, ends] = [batch.starts[field], batch.ends[field]];
    const isPresent = this.#isPresent;
    const fallbackAt = fallback === null ? -1 : room.write(fallback);
    const fallbackEnd = room.at;
    for (let i = 0; i < recordCount; i++) {
      if (recordIssue[i] !== 0) continue;
      if (!isPresent(bytes, fromStarts, fromEnds, i)) {
        starts[i] = fallbackAt;
        ends[i] = fallbackEnd;
      } else if (write === null) {
        starts[i] = fromStarts[i];
        ends[i] = fromEnds[i];
      } else {
        const start = room.at;
        room.at = write(bytes, fromStarts[i], fromEnds[i], start);
        starts[i] = start;
        ends[i] = room.at;
      }
    }
  }

  /** Several values, joined; missing ones are left out. */
  #join(
    batch: SpanBatch,
    { field, sources, join, fallback, write }: MappedField,
    room: MappedRoom,
  ) {
    const { recordIssue, recordCount, bytes } = batch;
    const [starts, ends] = [batch.starts[field], batch.ends[field]];
    const fallbackAt = fallback === null ? -1 : room.write(fallback);
    const fallbackEnd = room.at;
    const joined = new JoinedText();
    for (let i = 0; i < recordCount; i++) {
      if (recordIssue[i] !== 0) continue;
      joined.clear();
      for (const slot of sources) {
        if (!this.#isPresent(bytes, batch.starts[slot], batch.ends[slot], i)) continue;
        if (joined.parts > 0) joined.add(join, 0, join.length);
        joined.add(bytes, batch.starts[slot][i], batch.ends[slot][i]);
        joined.parts += 1;
      }
      if (joined.parts === 0) {
        starts[i] = fallbackAt;
        ends[i] = fallbackEnd;
        continue;
      }
      const { text, size } = joined;
      const start = room.at;
      if (write === null) room.write(text.subarray(0, size));
      else {
        // The writer reads and writes in one memory: the text goes behind what it writes.
        const textAt = start + MAX_WRITTEN_BYTES;
        bytes.set(text.subarray(0, size), textAt);
        room.at = write(bytes, textAt, textAt + size, start);
      }
      starts[i] = start;
      ends[i] = room.at;
    }
  }
}

/** No writer writes more, not even a status that it does not know. */
const MAX_WRITTEN_BYTES = MAX_MAPPED_BYTES;

const QUESTION_MARK = 0x3f;

/** What is joined. Longer than any value may be, it ends in a byte that makes it none. */
class JoinedText {
  readonly text = new Uint8Array(MAX_MAPPED_BYTES);
  size = 0;
  parts = 0;

  clear(): void {
    this.size = 0;
    this.parts = 0;
  }

  add(bytes: Uint8Array, start: number, end: number): void {
    const count = Math.min(end - start, this.text.length - this.size);
    this.text.set(bytes.subarray(start, start + count), this.size);
    this.size += count;
    if (count < end - start) this.text[this.text.length - 1] = QUESTION_MARK;
  }
}

function setConstant(batch: SpanBatch, { field, fallback }: MappedField, room: MappedRoom): void {
  const start = fallback === null ? -1 : room.write(fallback);
  batch.starts[field].fill(start, 0, batch.recordCount);
  batch.ends[field].fill(room.at, 0, batch.recordCount);
}

/** Null if nothing has to be done: the scanner has written the value where parsers look. */
function mappedField(
  mapping: InputMapping,
  { name, field, sources }: Pick<MappedField, 'field' | 'sources'> & { readonly name: string },
): MappedField | null {
  const own = mapping.fields[name];
  const write = own === undefined ? null : writerOf(field, own);
  const fallback = own?.default ?? null;
  const isDirect = sources.length === 1 && sources[0] === field;
  const isAsItStands =
    isDirect && write === null && fallback === null && mapping.missingValues === null;
  if (isAsItStands) return null;
  return {
    field,
    sources,
    write,
    join: Uint8Array.from(Buffer.from(own?.join ?? '')),
    fallback: fallback === null ? null : Uint8Array.from(Buffer.from(fallback)),
  };
}

/** The fields whose values may have another form; ids are texts in any. */
const KINDS: ReadonlyMap<number, ValueKind> = new Map([
  [ORDER_TIMESTAMP, 'time'],
  [QUANTITY, 'number'],
  [PRICE, 'number'],
  [STATUS, 'status'],
]);

function writerOf(field: number, own: FieldMapping): ValueWriter | null {
  const kind = KINDS.get(field);
  return kind === undefined ? null : fieldWriter(own, kind);
}
