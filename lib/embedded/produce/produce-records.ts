import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ByteHeap } from '../../../lambdas/shared/bytes/byte-heap.ts';
import type { CsvBatch } from '../../../lambdas/shared/ingest/csv-scanner.ts';
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
import {
  type CheckedFile,
  checkFiles,
  type InputFile,
  readRecords,
} from '../../common/input-file.ts';
import { BackInTimeWatch } from './back-in-time.ts';
import { encodeRow, type RowForm } from './event-encoder.ts';
import { ProduceTally, type SkippedRecord } from './produce-tally.ts';
import { PutRequest, type RequestEntry } from './put-request.ts';
import { RecordSender, type SendRetry } from './record-sender.ts';
import { RecordSorter } from './record-sorter.ts';

export interface ProduceOptions {
  readonly files: readonly InputFile[];
  /** Called once every file has been looked at: nothing is made for a file that is rejected. */
  readonly openStream: () => Promise<EventStream>;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly watermarkDelayMs: number;
  /** Setting of the stream: times further ahead do not move a watermark. */
  readonly maxAheadMs: number;
  /** Sends in order of event time; null: in file order. */
  readonly sort: SortOptions | null;
  /** Requests may hold any records (contract §6). */
  readonly isUnordered: boolean;
  /** Records per second at most; null: as fast as it goes. */
  readonly ratePerSec: number | null;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: ProduceProgress) => void;
  readonly onRetry?: (retry: SendRetry) => void;
}

export interface SortOptions {
  /** For records that do not fit into memory; left empty. */
  readonly temporaryDir: string;
  readonly memoryBytes: number;
}

export interface ProduceProgress {
  /** `sort`: the files are read, nothing is sent yet. */
  readonly stage: 'sort' | 'produce';
  readonly records: number;
  /** Bytes of the files, uncompressed; with sorting, of the records' data. */
  readonly bytesDone: number;
  readonly bytesTotal: number;
}

export { ProduceTally };

const RECORD_TOO_LONG = issueBit('record_too_long');
const MAX_SKIPPED_LISTED = 1_000;
/** Requests per second when there is a rate, so that records do not come in lumps. */
const PACED_REQUESTS_PER_SEC = 20;

/**
 * Sends the records of files to a stream, in file order or sorted (contract §6). Orders requests as
 * the watermark needs it; each is accepted whole before the next one goes out. Counts records in
 * `tally` once accepted, so that it is right even if this throws: the signal's reason, the errors
 * of `checkFiles` and `readRecords`, or `TerminalError` `system_error` without room to sort.
 */
export async function produceRecords(options: ProduceOptions, tally: ProduceTally): Promise<void> {
  const batch = createReaderBatch();
  const files = await checkFiles(options.files, batch, options.signal);
  const stream = await options.openStream();
  const producer = new Producer(options, stream, tally);
  try {
    await takeFiles(files, producer, options, tally);
    await producer.finish();
  } finally {
    await producer.close();
  }
}

async function takeFiles(
  files: readonly CheckedFile[],
  producer: Producer,
  options: ProduceOptions,
  tally: ProduceTally,
): Promise<void> {
  const batch = createReaderBatch();
  const stage = options.sort === null ? 'produce' : 'sort';
  let recordsRead = 0;
  const bytesTotal = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let bytesBefore = 0;
  for (const file of files) {
    const ofFile = { file: file.name, records: 0 };
    tally.recordsByFile.push(ofFile);
    await readRecords(file, batch, async (found, baseOffset) => {
      await producer.take(file, found, baseOffset);
      ofFile.records += found.recordCount;
      recordsRead += found.recordCount;
      const records = options.sort === null ? tally.records : recordsRead;
      const bytesDone = bytesBefore + baseOffset + found.recordEnd[found.recordCount - 1];
      options.onProgress?.({ stage, records, bytesDone, bytesTotal });
      options.signal.throwIfAborted();
      await nextTurn();
    });
    bytesBefore += file.sizeBytes;
  }
}

class Producer {
  readonly #options: ProduceOptions;
  readonly #watch: BackInTimeWatch;
  readonly #sorter: RecordSorter | null;
  readonly #randomness: Randomness;
  readonly #tally: ProduceTally;
  readonly #request: PutRequest;
  readonly #sender: RecordSender;

  constructor(options: ProduceOptions, stream: EventStream, tally: ProduceTally) {
    const { ratePerSec, isUnordered, watermarkDelayMs, maxAheadMs, sort, randomness } = options;
    const paced = ratePerSec === null ? MAX_PUT_RECORDS : ratePerSec / PACED_REQUESTS_PER_SEC;
    this.#options = options;
    this.#watch = new BackInTimeWatch(options.clock, { delayMs: watermarkDelayMs, maxAheadMs });
    this.#sorter =
      sort === null
        ? null
        : new RecordSorter(
            join(sort.temporaryDir, `tandem-sort-${randomness.id()}`),
            sort.memoryBytes,
          );
    this.#randomness = randomness;
    this.#tally = tally;
    this.#request = new PutRequest({
      records: Math.max(1, Math.floor(paced)),
      spanMs: isUnordered ? null : watermarkDelayMs / 2,
    });
    this.#sender = new RecordSender(options, stream, tally);
  }

  async take(file: CheckedFile, batch: CsvBatch, baseOffset: number): Promise<void> {
    const sorter = this.#sorter;
    const { heap } = sorter ?? this.#request;
    for (let index = 0; index < batch.recordCount; index++) {
      const offset = baseOffset + batch.recordStart[index];
      if (batch.recordIssue[index] === RECORD_TOO_LONG) {
        this.#skip({ file: file.name, offset, bytes: null });
        continue;
      }
      const dataStart = heap.size;
      const entry = this.#encode(file, batch, index, heap);
      const sizeBytes = entry.dataEnd - dataStart + Buffer.byteLength(entry.partitionKey);
      if (sizeBytes > MAX_RECORD_BYTES) {
        heap.size = dataStart;
        this.#skip({ file: file.name, offset, bytes: sizeBytes });
        continue;
      }
      if (sorter !== null) {
        sorter.add(entry);
        continue;
      }
      // Without an id it is quarantined, whatever its time.
      if (entry.isOrderId) this.#watch.see(entry.timeMs, file.name, offset);
      if (this.#request.hasRoomFor(entry)) this.#request.add(entry);
      else await this.#sendThenAdd(entry);
    }
    await sorter?.spillIfFull();
    this.#tally.backInTime = this.#watch.found;
  }

  /** Sends what was taken and not sent yet. */
  async finish(): Promise<void> {
    if (this.#sorter !== null) await this.#sendSorted(this.#sorter);
    if (this.#request.recordCount === 0) return;
    await this.#sender.send(this.#request.records());
    this.#request.restart(null);
  }

  async close(): Promise<void> {
    await this.#sorter?.close();
  }

  async #sendSorted(sorter: RecordSorter): Promise<void> {
    const { heap } = this.#request;
    const { onProgress, signal } = this.#options;
    for await (const { data, ...record } of sorter.sorted()) {
      const dataStart = heap.size;
      heap.reserve(data.length).set(data, dataStart);
      heap.size += data.length;
      const entry = { ...record, dataStart, dataEnd: heap.size };
      if (this.#request.hasRoomFor(entry)) {
        this.#request.add(entry);
        continue;
      }
      await this.#sendThenAdd(entry);
      signal.throwIfAborted();
      const { records, bytes: bytesDone } = this.#tally;
      onProgress?.({ stage: 'produce', records, bytesDone, bytesTotal: sorter.dataBytes });
    }
  }

  async #sendThenAdd(entry: RequestEntry): Promise<void> {
    await this.#sender.send(this.#request.records());
    const kept = this.#request.restart(entry);
    if (kept !== null) this.#request.add(kept);
  }

  /** Appends the record's data to the heap. */
  #encode(file: CheckedFile, batch: CsvBatch, index: number, heap: ByteHeap): RequestEntry {
    const { bytes, starts, ends } = batch;
    const dataStart = heap.size;
    const isReadable = batch.recordIssue[index] === 0;
    if (isReadable && !file.holdsOwnEvents) encodeRow(batch, index, heap, rowFormOf(file));
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

function rowFormOf({ form }: CheckedFile): RowForm {
  if (form?.rules === undefined) return {};
  const { currency, missing } = form.rules;
  return { currencySlot: currency?.slot ?? null, isPresent: missing.isPresent };
}

function copyRaw(batch: CsvBatch, index: number, heap: ByteHeap): void {
  const raw = batch.bytes.subarray(batch.recordStart[index], batch.recordEnd[index]);
  heap.reserve(raw.length).set(raw, heap.size);
  heap.size += raw.length;
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString();
}

/** NaN if it cannot be read: then the record moves no watermark. */
function timeOf({ bytes, starts, ends }: CsvBatch, index: number): number {
  const timeStarts = starts[ORDER_TIMESTAMP];
  const timeEnds = ends[ORDER_TIMESTAMP];
  if (!isPresentTrimmed(bytes, timeStarts, timeEnds, index)) return Number.NaN;
  const timeMs = parseTimestampMs(bytes, timeStarts[index], timeEnds[index]);
  return timeMs === INVALID_TIME ? Number.NaN : timeMs;
}
