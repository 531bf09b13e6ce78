import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { ObjectNotFoundError, TerminalError } from '../model/errors.ts';
import {
  INSTANT,
  objectWith,
  oneOf,
  optional,
  problemOf,
  type Shape,
  TEXT,
} from '../model/shape.ts';
import type { EpochMs } from '../model/time.ts';
import type { StreamRecord } from '../ports/event-stream.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { OUTCOMES, type Outcome } from '../rules/outcome.ts';
import type { SegmentRef } from './log-entry.ts';

/**
 * Segments are the raw archive: the records of one log entry as they were received, with their
 * outcomes, one JSON object a line, compressed by zstd (contract §3.1).
 */

/** One record of a segment. */
export interface SegmentRecord {
  readonly record: StreamRecord;
  readonly outcome: Outcome;
  /** The one that made it late; null for any other outcome. */
  readonly watermarkMs: EpochMs | null;
}

/** One line of a segment, names as in the file. */
interface SegmentLine {
  readonly sequence_number: string;
  readonly arrival_time: string;
  readonly partition_key: string;
  readonly outcome: Outcome;
  readonly watermark?: string;
  readonly data?: string;
  readonly data_base64?: string;
}

const SEGMENT_LINE: Shape = objectWith({
  sequence_number: TEXT,
  arrival_time: INSTANT,
  partition_key: TEXT,
  outcome: oneOf(OUTCOMES),
  watermark: optional(INSTANT),
  data: optional(TEXT),
  data_base64: optional(TEXT),
});

/** Most bytes a record takes in a segment besides its data, approximately. */
export const LINE_OVERHEAD_BYTES = 512;

/** Encodes records as a segment, the immutable object a log entry names. */
export function encodeSegment(records: Iterable<SegmentRecord>): Uint8Array {
  const lines: string[] = [];
  for (const { record, outcome, watermarkMs } of records) {
    const { data } = record;
    const line: SegmentLine = {
      sequence_number: record.sequenceNumber,
      arrival_time: new Date(record.arrivalTimeMs).toISOString(),
      partition_key: record.partitionKey,
      outcome,
      ...(watermarkMs === null ? {} : { watermark: new Date(watermarkMs).toISOString() }),
      ...(isUtf8(data)
        ? { data: textOf(data) }
        : { data_base64: bufferOf(data).toString('base64') }),
    };
    lines.push(JSON.stringify(line));
  }
  lines.push('');
  return new Uint8Array(zstdCompressSync(lines.join('\n')));
}

/** SHA-256 of the bytes, in hex. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * A segment's lines in order, without line ends. Throws `TerminalError` `segment_damaged` if it is
 * no zstd stream.
 */
export function segmentLines(bytes: Uint8Array, key: string): Uint8Array[] {
  let plain: Buffer;
  try {
    plain = zstdDecompressSync(bytes);
  } catch (cause) {
    throw new TerminalError('segment_damaged', `segment ${key} is not a zstd stream`, { cause });
  }
  const lines: Uint8Array[] = [];
  for (let from = 0; from < plain.length; ) {
    const end = plain.indexOf(LINE_FEED, from);
    lines.push(plain.subarray(from, end < 0 ? plain.length : end));
    if (end < 0) break;
    from = end + 1;
  }
  return lines;
}

/** The records of a segment. Throws `TerminalError` `segment_damaged`. */
export function decodeSegment(bytes: Uint8Array, key: string): SegmentRecord[] {
  return segmentLines(bytes, key).map((line) => decodeLine(line, key));
}

/** Decodes one line of a segment. Throws `TerminalError` `segment_damaged`. */
export function decodeLine(line: Uint8Array, key: string): SegmentRecord {
  let value: SegmentLine;
  try {
    value = JSON.parse(textOf(line)) as SegmentLine;
  } catch (cause) {
    throw new TerminalError('segment_damaged', `segment ${key} has a line that is not JSON`, {
      cause,
    });
  }
  const problem = problemOf(SEGMENT_LINE, value);
  if (problem !== null) {
    const message = `segment ${key} has a damaged line: ${problem}; restore the object`;
    throw new TerminalError('segment_damaged', message);
  }
  const { data, data_base64: base64 = '' } = value;
  return {
    record: {
      sequenceNumber: value.sequence_number,
      partitionKey: value.partition_key,
      arrivalTimeMs: Date.parse(value.arrival_time) as EpochMs,
      data: data === undefined ? Buffer.from(base64, 'base64') : Buffer.from(data),
    },
    outcome: value.outcome,
    watermarkMs: value.watermark === undefined ? null : (Date.parse(value.watermark) as EpochMs),
  };
}

/**
 * Reads the segment a log entry names and verifies its checksum. Throws `TerminalError`
 * `segment_missing` or `segment_damaged`, naming the key, the shard and the version.
 */
export async function readSegment(
  lake: ObjectStore,
  segment: Pick<SegmentRef, 'key' | 'sha256'>,
  entry: { readonly shardId: string; readonly version: number },
): Promise<Uint8Array> {
  const where = `segment ${segment.key} of ${entry.shardId}, version ${entry.version}`;
  let bytes: Uint8Array;
  try {
    bytes = await lake.get(segment.key);
  } catch (cause) {
    if (!(cause instanceof ObjectNotFoundError)) throw cause;
    const message = `${where}, is missing; nothing is published until the object is restored`;
    throw new TerminalError('segment_missing', message, { cause });
  }
  if (sha256Of(bytes) !== segment.sha256) {
    const message = `${where}, does not match the checksum of its log entry; restore the object`;
    throw new TerminalError('segment_damaged', message);
  }
  return bytes;
}

/**
 * Compares a segment's checksum with its log entry's. Throws `TerminalError` `segment_damaged`,
 * which names the key.
 */
export function checkSegment(
  bytes: Uint8Array,
  { key, sha256 }: Pick<SegmentRef, 'key' | 'sha256'>,
): void {
  if (sha256Of(bytes) === sha256) return;
  const message = `segment ${key} does not match the checksum of its manifest; restore the object`;
  throw new TerminalError('segment_damaged', message);
}

const LINE_FEED = 0x0a;

/** A Buffer over the same memory, without a copy. */
function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}

/** A byte order mark is kept. */
function textOf(bytes: Uint8Array): string {
  return bufferOf(bytes).toString('utf8');
}
