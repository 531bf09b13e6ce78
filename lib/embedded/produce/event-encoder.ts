import type { ByteHeap } from '../../../lambdas/shared/bytes/byte-heap.ts';
import {
  isPresentTrimmed,
  type PresenceCheck,
} from '../../../lambdas/shared/ingest/present-value.ts';
import type { SpanBatch } from '../../../lambdas/shared/ingest/span-batch.ts';
import { ORDER_FIELDS } from '../../../lambdas/shared/model/order.ts';

const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;
/** `\u001f`: what one byte becomes at most. */
const LONGEST_ESCAPE = 6;

const HEX = Buffer.from('0123456789abcdef');
const UNICODE_ESCAPE = Buffer.from('\\u00');
const FIELD_SLOTS: readonly number[] = ORDER_FIELDS.map((_, field) => field);

/** `,"order_id":"`: without the comma in front of the first. */
const PREFIXES = [...ORDER_FIELDS, 'currency'].map((field) => Buffer.from(`,"${field}":"`));
const PREFIX_BYTES = PREFIXES.reduce((sum, { length }) => sum + length, 0);

/** What of a row is sent. */
export interface RowForm {
  /** Where the record's currency is, which becomes the key `currency`; null: it names none. */
  readonly currencySlot?: number | null;
  /** Which values are missing; if left out, the words of contract §2 are. */
  readonly isPresent?: PresenceCheck;
}

/**
 * Appends record `index` of a batch of CSV rows to `heap` as a JSON object of its values, as the
 * text that was read, without missing ones (contract §2, §6). Trims the record's spans in place.
 * Returns the present fields as bits.
 */
export function encodeRow(
  batch: SpanBatch,
  index: number,
  heap: ByteHeap,
  { currencySlot = null, isPresent = isPresentTrimmed }: RowForm = {},
): number {
  const { bytes, starts, ends } = batch;
  const slots = currencySlot === null ? FIELD_SLOTS : [...FIELD_SLOTS, currencySlot];
  const longest = PREFIX_BYTES + LONGEST_ESCAPE * valueBytes(batch, index, slots) + 16;
  const target = heap.reserve(longest);
  let presentFields = 0;
  let to = heap.size;
  target[to++] = OPEN_BRACE;
  for (let field = 0; field < slots.length; field++) {
    const slot = slots[field];
    const [start, end] = [starts[slot][index], ends[slot][index]];
    if (!isPresent(bytes, starts[slot], ends[slot], index)) continue;
    const prefix = PREFIXES[field];
    for (let i = presentFields === 0 ? 1 : 0; i < prefix.length; i++) target[to++] = prefix[i];
    to = encodeText(bytes, start, end, target, to);
    target[to++] = QUOTE;
    presentFields |= 1 << field;
  }
  target[to++] = CLOSE_BRACE;
  heap.size = to;
  return presentFields;
}

function valueBytes({ starts, ends }: SpanBatch, index: number, slots: readonly number[]) {
  let sum = 0;
  for (const slot of slots) {
    const start = starts[slot][index];
    // The end of a value that is not there means nothing.
    if (start >= 0) sum += ends[slot][index] - start;
  }
  return sum;
}

/** UTF-8 as a JSON string holds it, without its quotes. Returns where it ends. */
function encodeText(
  bytes: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  targetStart: number,
): number {
  let to = targetStart;
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte < FIRST_PRINTABLE) {
      target.set(UNICODE_ESCAPE, to);
      target[to + 4] = HEX[byte >> 4];
      target[to + 5] = HEX[byte & 15];
      to += LONGEST_ESCAPE;
      continue;
    }
    if (byte === QUOTE || byte === BACKSLASH) target[to++] = BACKSLASH;
    target[to++] = byte;
  }
  return to;
}
