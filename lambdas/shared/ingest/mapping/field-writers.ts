import { viewOf } from '../../bytes/bytes.ts';
import type { FieldMapping } from '../../model/config-fields.ts';
import { STATUSES } from '../../model/order.ts';
import { MS_PER_DAY } from '../../model/time.ts';
import { StatusParser, UNKNOWN_STATUS } from '../status-parser.ts';
import { MAX_MAPPED_BYTES, MAX_NUMBER_BYTES, TIME_BYTES } from './mapped-room.ts';
import { numberReader } from './number-form.ts';
import { compileTimePatterns } from './time-pattern.ts';

/**
 * Writes a trimmed value that is present in Tandem's own form at `at` of the same bytes, and
 * returns where it ends. A value of another form becomes one that no parser takes.
 */
export type ValueWriter = (bytes: Uint8Array, start: number, end: number, at: number) => number;

const DIGIT_0 = 0x30;
const QUESTION_MARK = 0x3f;

/** The kinds of values that may have another form. */
export type ValueKind = 'time' | 'number' | 'status';

/** The writer of a field; null if its values are in Tandem's own form already. */
export function fieldWriter(mapping: FieldMapping, kind: ValueKind): ValueWriter | null {
  if (kind === 'status') return statusWriter(mapping.values);
  if (kind === 'time') {
    const { format, timeZone } = mapping;
    const isOwn = timeZone === null && format.every((pattern) => pattern === 'auto');
    return isOwn ? null : timeWriter(compileTimePatterns(format, timeZone));
  }
  const { decimalChar, groupChar, bareNumber } = mapping;
  const isOwn = decimalChar === '.' && groupChar === null && bareNumber;
  return isOwn ? null : numberWriter(numberReader({ decimalChar, groupChar, bareNumber }));
}

function invalid(bytes: Uint8Array, at: number): number {
  bytes[at] = QUESTION_MARK;
  return at + 1;
}

/** Writes `2026-01-31T10:00:00.000Z`; consecutive values mostly share a day. */
function timeWriter(read: ReturnType<typeof compileTimePatterns>): ValueWriter {
  const day = new Uint8Array(10);
  let knownDay = Number.NaN;
  return (bytes, start, end, at) => {
    const timeMs = read(bytes, start, end);
    if (timeMs < 0) return invalid(bytes, at);
    const epochDay = Math.floor(timeMs / MS_PER_DAY);
    if (epochDay !== knownDay) {
      day.set(Buffer.from(new Date(timeMs).toISOString().slice(0, day.length)));
      knownDay = epochDay;
    }
    bytes.set(day, at);
    const ofDay = timeMs - epochDay * MS_PER_DAY;
    const seconds = Math.floor(ofDay / 1000);
    bytes[at + 10] = 0x54; // T
    writeDigits(bytes, at + 11, Math.floor(seconds / 3600), 2);
    bytes[at + 13] = 0x3a; // :
    writeDigits(bytes, at + 14, Math.floor(seconds / 60) % 60, 2);
    bytes[at + 16] = 0x3a;
    writeDigits(bytes, at + 17, seconds % 60, 2);
    bytes[at + 19] = 0x2e; // .
    writeDigits(bytes, at + 20, ofDay % 1000, 3);
    bytes[at + 23] = 0x5a; // Z
    return at + TIME_BYTES;
  };
}

function writeDigits(bytes: Uint8Array, at: number, value: number, count: number): void {
  let rest = value;
  for (let i = count - 1; i >= 0; i--) {
    bytes[at + i] = DIGIT_0 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}

function numberWriter(read: ReturnType<typeof numberReader>): ValueWriter {
  return (bytes, start, end, at) => {
    // A number may have any number of zeros; what is written is short.
    if (end - start > MAX_NUMBER_BYTES - 2)
      return writeLong(read, bytes.subarray(start, end), { bytes, at });
    const writtenEnd = read(bytes, start, end, bytes, at);
    return writtenEnd < 0 ? invalid(bytes, at) : writtenEnd;
  };
}

/** Digits of a number that is long for its zeros, or far from every limit. */
const KEPT_DIGITS = 20;

function writeLong(
  read: ReturnType<typeof numberReader>,
  value: Uint8Array,
  { bytes, at }: { readonly bytes: Uint8Array; readonly at: number },
): number {
  const written = new Uint8Array(value.length + 2);
  const size = read(value, 0, value.length, written, 0);
  if (size < 0) return invalid(bytes, at);
  const text = Buffer.from(written.buffer, 0, size).toString('latin1');
  const [, sign, whole, , fraction = ''] = /^([+-]?)(\d*)([.](\d*))?$/.exec(text) ?? [];
  const digits = (whole ?? '').replace(/^0+(?=\d)/, '');
  const places = fraction.replace(/0+$/, '');
  // Cut digits never change the verdict: too large, or too precise, whatever follows.
  const shortWhole = digits.length > KEPT_DIGITS ? digits.slice(0, KEPT_DIGITS) : digits;
  const shortPlaces = places.length > KEPT_DIGITS ? `${places.slice(0, KEPT_DIGITS - 1)}1` : places;
  const short = `${sign}${shortWhole}${shortPlaces === '' ? '' : `.${shortPlaces}`}`;
  bytes.set(Buffer.from(short === sign ? `${sign}0` : short), at);
  return at + Math.max(short.length, `${sign}0`.length);
}

/** Writes the status of a spelling of the source; any other value stays, up to its first bytes. */
function statusWriter(spellings: FieldMapping['values']): ValueWriter | null {
  if (Object.keys(spellings).length === 0) return null;
  const parser = new StatusParser(spellings);
  const names = STATUSES.map((status) => Uint8Array.from(Buffer.from(status)));
  let view: DataView = new DataView(new ArrayBuffer(0));
  return (bytes, start, end, at) => {
    if (view.buffer !== bytes.buffer || view.byteLength !== bytes.byteLength) view = viewOf(bytes);
    const status = parser.parse(view, start, end);
    if (status !== UNKNOWN_STATUS) {
      bytes.set(names[status], at);
      return at + names[status].length;
    }
    const keptEnd = Math.min(end, start + MAX_MAPPED_BYTES);
    bytes.copyWithin(at, start, keptEnd);
    return at + keptEnd - start;
  };
}
