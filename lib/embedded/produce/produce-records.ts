import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CsvBatch } from '../../../lambdas/shared/ingest/csv-scanner.ts';
import type { ByteHeap } from '../../../lambdas/shared/ingest/order-columns.ts';
import { isPresentTrimmed } from '../../../lambdas/shared/ingest/present-value.ts';
import { createReaderBatch } from '../../../lambdas/shared/ingest/record-reader.ts';
import { INVALID_TIME, parseTimestampMs } from '../../../lambdas/shared/ingest/timestamp.ts';
import { issueBit } from '../../../lambdas/shared/model/issue.ts';
import { MAX_ID_BYTES, ORDER_ID, ORDER_TIMESTAMP } from '../../../lambdas/shared/model/order.ts';
import type { Clock } from '../../../lambdas/shared/ports/clock.ts';
import {
  type EventStream,
  MAX_PUT_RECORDS,
  MAX_RECORD_BYTES,
} from '../../../lambdas/shared/ports/event-stream.ts';
import type { Randomness } from '../../../lambdas/shared/ports/randomness.ts';
import { encodeRow } from './event-encoder.ts';
import { type CheckedFile, checkFiles, type InputFile, readRecords } from './input-file.ts';
import { PutRequest, type RequestEntry } from './put-request.ts';
import { RecordSender, type SendRetry } from './record-sender.ts';

export interface ProduceOptions {
  readonly files: readonly InputFile[];
  /** Called once every file has been looked at: nothing is made for a file that is rejected. */
  readonly openStream: () => Promise<EventStream>;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly watermarkDelayMs: number;
  /** Requests may hold any records (contract §6). */
  readonly isUnordered: boolean;
  /** Records per second at most; null: as fast as it goes. */
  readonly ratePerSec: number | null;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: ProduceProgress) => void;
  readonly onRetry?: (retry: SendRetry) => void;
}

export interface ProduceProgress {
  readonly records: number;
  /** Of the files, uncompressed. */
  readonly bytesDone: number;
  readonly bytesTotal: number;
}

/** A record over 1 MiB, which no stream takes. */
export interface SkippedRecord {
  readonly file: string;
  /** Of its first byte in the uncompressed file. */
  readonly offset: number;
  /** As it would have been sent, key included; null: so long that it was not read to its end. */
  readonly bytes: number | null;
}

/** What has been sent so far. It is added to as records are accepted. */
export class ProduceTally {
  records = 0;
  bytes = 0;
  requests = 0;
  skippedCount = 0;
  /** The first of those that were not sent. */
  readonly skipped: SkippedRecord[] = [];
  readonly recordsByShard = new Map<string, number>();
  readonly recordsByFile: { readonly file: string; records: number }[] = [];
}

const RECORD_TOO_LONG = issueBit('record_too_long');
const MAX_SKIPPED_LISTED = 1_000;
/** With a rate: so many requests a second, so that records do not come in lumps. */
const PACED_REQUESTS_PER_SEC = 20;

/**
 * Sends the records of files to a stream, in file order (contract §6). Requests are ordered as the
 * watermark needs it, and each is accepted whole before the next one goes out. Records are counted
 * in `tally` when they have been accepted, so that it is true also where this throws: the signal's
 * reason, or `TerminalError` as `checkFiles` and `readRecords` do.
 */
export async function produceRecords(options: ProduceOptions, tally: ProduceTally): Promise<void> {
  const batch = createReaderBatch();
  const files = await checkFiles(options.files, batch, options.signal);
  const stream = await options.openStream();
  const producer = new Producer(options, stream, tally);
  const bytesTotal = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let bytesBefore = 0;
  for (const file of files) {
    const ofFile = { file: file.name, records: 0 };
    tally.recordsByFile.push(ofFile);
    await readRecords(file, batch, async (found, baseOffset) => {
      await producer.take(file, found, baseOffset);
      ofFile.records += found.recordCount;
      const bytesDone = bytesBefore + baseOffset + found.recordEnd[found.recordCount - 1];
      options.onProgress?.({ records: tally.records, bytesDone, bytesTotal });
      await nextTurn();
    });
    bytesBefore += file.sizeBytes;
  }
  await producer.flush();
  options.onProgress?.({ records: tally.records, bytesDone: bytesTotal, bytesTotal });
}

class Producer {
  readonly #randomness: Randomness;
  readonly #tally: ProduceTally;
  readonly #request: PutRequest;
  readonly #sender: RecordSender;

  constructor(options: ProduceOptions, stream: EventStream, tally: ProduceTally) {
    const { ratePerSec, isUnordered, watermarkDelayMs } = options;
    const paced = ratePerSec === null ? MAX_PUT_RECORDS : ratePerSec / PACED_REQUESTS_PER_SEC;
    this.#randomness = options.randomness;
    this.#tally = tally;
    this.#request = new PutRequest({
      records: Math.max(1, Math.floor(paced)),
      spanMs: isUnordered ? null : watermarkDelayMs / 2,
    });
    this.#sender = new RecordSender(options, stream, tally);
  }

  async take(file: CheckedFile, batch: CsvBatch, baseOffset: number): Promise<void> {
    const { heap } = this.#request;
    for (let index = 0; index < batch.recordCount; index++) {
      const offset = baseOffset + batch.recordStart[index];
      if (batch.recordIssue[index] === RECORD_TOO_LONG) {
        this.#skip({ file: file.name, offset, bytes: null });
        continue;
      }
      const dataStart = heap.size;
      const entry = this.#encode(file, batch, index);
      const sizeBytes = entry.dataEnd - dataStart + Buffer.byteLength(entry.partitionKey);
      if (sizeBytes > MAX_RECORD_BYTES) {
        heap.size = dataStart;
        this.#skip({ file: file.name, offset, bytes: sizeBytes });
        continue;
      }
      if (this.#request.hasRoomFor(entry)) this.#request.add(entry);
      else await this.#sendThenAdd(entry);
    }
  }

  async flush(): Promise<void> {
    if (this.#request.recordCount === 0) return;
    await this.#sender.send(this.#request.records());
    this.#request.restart(null);
  }

  async #sendThenAdd(entry: RequestEntry): Promise<void> {
    await this.#sender.send(this.#request.records());
    const kept = this.#request.restart(entry);
    if (kept !== null) this.#request.add(kept);
  }

  /** Appends the record's data to the heap. */
  #encode(file: CheckedFile, batch: CsvBatch, index: number): RequestEntry {
    const { heap } = this.#request;
    const { bytes, starts, ends } = batch;
    const dataStart = heap.size;
    const isReadable = batch.recordIssue[index] === 0;
    if (isReadable && file.layout !== null) encodeRow(batch, index, heap);
    else copyRaw(batch, index, heap);
    const dataEnd = heap.size;
    const idStarts = starts[ORDER_ID];
    const idEnds = ends[ORDER_ID];
    const isOrderId =
      isReadable &&
      isPresentTrimmed(bytes, idStarts, idEnds, index) &&
      idEnds[index] - idStarts[index] <= MAX_ID_BYTES;
    return {
      partitionKey: isOrderId
        ? textOf(bytes, idStarts[index], idEnds[index])
        : this.#randomness.id(),
      isOrderId,
      dataStart,
      dataEnd,
      timeMs: isReadable ? timeOf(batch, index) : Number.NaN,
    };
  }

  #skip(skipped: SkippedRecord): void {
    this.#tally.skippedCount += 1;
    if (this.#tally.skipped.length < MAX_SKIPPED_LISTED) this.#tally.skipped.push(skipped);
  }
}

function copyRaw(batch: CsvBatch, index: number, heap: ByteHeap): void {
  const raw = batch.bytes.subarray(batch.recordStart[index], batch.recordEnd[index]);
  heap.reserve(raw.length).set(raw, heap.size);
  heap.size += raw.length;
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString();
}

/** NaN where it cannot be read: then the record moves no watermark. */
function timeOf({ bytes, starts, ends }: CsvBatch, index: number): number {
  const timeStarts = starts[ORDER_TIMESTAMP];
  const timeEnds = ends[ORDER_TIMESTAMP];
  if (!isPresentTrimmed(bytes, timeStarts, timeEnds, index)) return Number.NaN;
  const timeMs = parseTimestampMs(bytes, timeStarts[index], timeEnds[index]);
  return timeMs === INVALID_TIME ? Number.NaN : timeMs;
}
