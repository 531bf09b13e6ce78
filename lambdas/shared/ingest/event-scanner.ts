import { isUtf8 } from 'node:buffer';
import { COLON, COMMA, DIGIT_0, DIGIT_9, MINUS, QUOTE } from '../bytes/bytes.ts';
import { type IssueBits, issueBit } from '../model/issue.ts';
import { MAX_RECORD_BYTES } from '../model/order.ts';
import { endOfFieldKey, fieldOfName, guessField, rememberField } from './event-keys.ts';
import { decodeString, endOfString, type JsonTraits } from './json-string.ts';
import {
  CLOSE_BRACE,
  endOfNull,
  endOfNumber,
  endOfValue,
  LOWER_N,
  OPEN_BRACE,
  skipJsonSpace,
} from './json-value.ts';
import { addRejectedRecord, SPAN_STRIDE, type SpanBatch } from './span-batch.ts';

const RECORD_TOO_LONG = issueBit('record_too_long');
const KPL_AGGREGATED = issueBit('kpl_aggregated');
const INVALID_UTF8 = issueBit('invalid_utf8');
const INVALID_JSON = issueBit('invalid_json');

/** The object itself is level 1 (contract §2). */
export const MAX_JSON_LEVELS = 512;

/**
 * What the scan of one event has found. One object serves all scans, as a scan neither waits nor
 * nests.
 */
interface EventFindings extends JsonTraits {
  /** Fields, as bits, whose last value is an object, an array, true or false. */
  nonTextFields: number;
  /** Fields, as bits, whose last value has half of a surrogate pair. */
  unpairedFields: number;
}

const findings: EventFindings = {
  stringBits: 0,
  hasEscape: false,
  deepestLevel: 1,
  nonTextFields: 0,
  unpairedFields: 0,
};

/**
 * Scans one event, the bytes `[start, end)` of the batch, and adds exactly one record: with its
 * spans, or with one record issue. No bytes make it throw. Values with escapes are decoded into the
 * room, so that must hold `end - start` bytes; the batch must have a place left.
 */
export function scanEvent(batch: SpanBatch, start: number, end: number): void {
  const index = batch.recordCount;
  const roomBefore = batch.roomAt;
  const issue = issueOf(batch, start, end);
  if (issue !== 0) {
    batch.roomAt = roomBefore;
    addRejectedRecord(batch, start, end, issue);
    return;
  }
  batch.recordStart[index] = start;
  batch.recordEnd[index] = end;
  batch.recordIssue[index] = 0;
  batch.recordCount = index + 1;
}

/** The record's issue, or 0 if its spans are found; in the order of contract §2. */
function issueOf(batch: SpanBatch, start: number, end: number): IssueBits {
  if (end - start > MAX_RECORD_BYTES) return RECORD_TOO_LONG;
  const { bytes, flatStarts } = batch;
  if (isKplAggregated(bytes, start, end)) return KPL_AGGREGATED;

  findings.stringBits = 0;
  findings.deepestLevel = 1;
  findings.nonTextFields = 0;
  findings.unpairedFields = 0;
  for (let at = batch.recordCount; at < flatStarts.length; at += SPAN_STRIDE) {
    flatStarts[at] = -1;
  }
  const objectEnd = scanObject(batch, start, end);
  const isJsonObject = objectEnd >= 0 && skipJsonSpace(bytes, objectEnd, end) === end;

  // Outside of strings JSON is ASCII, so only a string can hide bytes that are not UTF-8 in a valid
  // object.
  const isAscii = isJsonObject && findings.stringBits < 0x80;
  if (!isAscii && !isUtf8(bytes.subarray(start, end))) return INVALID_UTF8;
  if (!isJsonObject) return INVALID_JSON;
  if (findings.unpairedFields !== 0) return INVALID_UTF8;
  if (findings.nonTextFields !== 0 || findings.deepestLevel > MAX_JSON_LEVELS) return INVALID_JSON;
  return 0;
}

/**
 * True for bytes that begin with the magic number of the Kinesis Producer Library's aggregated
 * records (contract §2).
 */
export function isKplAggregated(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    end - start >= 4 &&
    bytes[start] === 0xf3 &&
    bytes[start + 1] === 0x89 &&
    bytes[start + 2] === 0x9a &&
    bytes[start + 3] === 0xc2
  );
}

/** The position after the object's closing brace; -1 if this is not a JSON object. */
function scanObject(batch: SpanBatch, start: number, end: number): number {
  const { bytes, view } = batch;
  let at = skipJsonSpace(bytes, start, end);
  if (at === end || bytes[at] !== OPEN_BRACE) return -1;
  at = skipJsonSpace(bytes, at + 1, end);
  if (at < end && bytes[at] === CLOSE_BRACE) return at + 1;
  for (let member = 0; ; member++) {
    if (at === end || bytes[at] !== QUOTE) return -1;
    let field = guessField(member);
    let closing = field < 0 ? -1 : endOfFieldKey(view, at + 1, end, field);
    if (closing < 0) {
      findings.hasEscape = false;
      closing = endOfString(bytes, at + 1, end, findings);
      if (closing < 0) return -1;
      field = fieldOfKey(batch, at + 1, closing);
      rememberField(member, field);
    }
    at = skipJsonSpace(bytes, closing + 1, end);
    if (at === end || bytes[at] !== COLON) return -1;
    at = skipJsonSpace(bytes, at + 1, end);
    if (at === end) return -1;
    at = field < 0 ? endOfValue(bytes, at, end, 1, findings) : scanValue(batch, field, at, end);
    if (at < 0) return -1;
    at = skipJsonSpace(bytes, at, end);
    if (at === end) return -1;
    if (bytes[at] === CLOSE_BRACE) return at + 1;
    if (bytes[at] !== COMMA) return -1;
    at = skipJsonSpace(bytes, at + 1, end);
  }
}

/** The field that a key names, written with escapes or without; -1: none of the seven. */
function fieldOfKey(batch: SpanBatch, from: number, end: number): number {
  const { bytes, roomAt } = batch;
  if (!findings.hasEscape) return fieldOfName(bytes, from, end);
  const decodedEnd = decodeString(bytes, from, end, roomAt);
  return decodedEnd < 0 ? -1 : fieldOfName(bytes, roomAt, decodedEnd);
}

/**
 * Stores the value at `from` as the field's, replacing an earlier one, and returns the position
 * after it, or -1.
 */
function scanValue(batch: SpanBatch, field: number, from: number, end: number): number {
  const { bytes, flatStarts, flatEnds } = batch;
  const slot = field * SPAN_STRIDE + batch.recordCount;
  const fieldBit = 1 << field;
  findings.nonTextFields &= ~fieldBit;
  findings.unpairedFields &= ~fieldBit;
  const byte = bytes[from];
  if (byte === QUOTE) {
    findings.hasEscape = false;
    const closing = endOfString(bytes, from + 1, end, findings);
    if (closing < 0) return -1;
    if (findings.hasEscape) {
      keepDecoded(batch, field, from + 1, closing);
    } else {
      flatStarts[slot] = from + 1;
      flatEnds[slot] = closing;
    }
    return closing + 1;
  }
  if (byte === MINUS || (byte >= DIGIT_0 && byte <= DIGIT_9)) {
    const numberEnd = endOfNumber(bytes, from, end);
    flatStarts[slot] = from;
    flatEnds[slot] = numberEnd;
    return numberEnd;
  }
  flatStarts[slot] = -1;
  if (byte === LOWER_N) return endOfNull(bytes, from, end);
  findings.nonTextFields |= fieldBit;
  return endOfValue(bytes, from, end, 1, findings);
}

function keepDecoded(batch: SpanBatch, field: number, from: number, closing: number): void {
  const slot = field * SPAN_STRIDE + batch.recordCount;
  const roomEnd = decodeString(batch.bytes, from, closing, batch.roomAt);
  if (roomEnd < 0) {
    findings.unpairedFields |= 1 << field;
    batch.flatStarts[slot] = -1;
    return;
  }
  batch.flatStarts[slot] = batch.roomAt;
  batch.flatEnds[slot] = roomEnd;
  batch.roomAt = roomEnd;
}
