import { LF } from '../../shared/bytes/bytes.ts';
import { rangeSource, UnreadableInputError } from '../../shared/ingest/byte-sources.ts';
import type { CsvLayout } from '../../shared/ingest/csv-layout.ts';
import { isDecoded } from '../../shared/ingest/input-kind.ts';
import { asInputChanged } from '../../shared/ingest/list-landing.ts';
import {
  type InputForm,
  type InputForms,
  recordFormat,
} from '../../shared/ingest/mapping/input-form.ts';
import { openInput } from '../../shared/ingest/open-input.ts';
import { OrderColumns } from '../../shared/ingest/order-columns.ts';
import { EventParser } from '../../shared/ingest/parse-events.ts';
import { parseOrders } from '../../shared/ingest/parse-orders.ts';
import { createReaderBatch, RecordReader } from '../../shared/ingest/record-reader.ts';
import { SPAN_BATCH_RECORDS } from '../../shared/ingest/span-batch.ts';
import { KernelMemory } from '../../shared/kernels/kernel-memory.ts';
import { ObjectUnreadableError } from '../../shared/model/errors.ts';
import type { ObjectReader } from '../../shared/ports/object-store.ts';
import { checkSegment, decodeLine, segmentLines } from '../../shared/state/segment.ts';
import { BlockEncoder, type BlockSink } from '../exchange/block-encoder.ts';
import type { PlannedChunk, PlannedInput } from '../run/batch-plan.ts';
import type { ChunkResult } from '../run/chunk-result.ts';
import { ChunkTally } from './chunk-tally.ts';
import { LastLineTally } from './last-line.ts';

/** Rows at which a block goes to the exchange: slices of some thousand rows per bucket. */
function blockRowsOf(bucketCount: number): number {
  const thousands = Math.min(Math.max(64, bucketCount * 8), 256);
  return thousands * 1024;
}

/** Bytes of records with issues at which a block goes to the exchange. */
const BLOCK_RAW_BYTES = 8 * 1024 * 1024;

/** How far a chunk whose start is only assumed reads past its end before it gives up. */
const ASSUMED_OVERRUN_BYTES = 16 * 1024 * 1024;

/** Maps chunks one after another, reusing its memory for each. */
export class ChunkMapper {
  readonly #landing: ObjectReader;
  readonly #segments: ObjectReader;
  readonly #forms: Pick<InputForms, 'of' | 'events'>;
  readonly #encoder: BlockEncoder;
  readonly #batch = createReaderBatch();
  #eventParser: EventParser | null = null;
  readonly #columns: OrderColumns;
  readonly #blockRows: number;

  /** `segments`: where those of the raw archive are. */
  constructor(
    landing: ObjectReader,
    forms: Pick<InputForms, 'of' | 'events'>,
    bucketCount: number,
    segments = landing,
  ) {
    this.#landing = landing;
    this.#segments = segments;
    this.#forms = forms;
    this.#blockRows = blockRowsOf(bucketCount);
    // Memory of its own, which goes with the mapper.
    const memory = KernelMemory.create();
    this.#columns = new OrderColumns(this.#blockRows + SPAN_BATCH_RECORDS, memory);
    this.#encoder = new BlockEncoder(bucketCount, memory);
  }

  /**
   * Hands the records that start in a chunk to `sink`. `knownStart` is the offset of its first
   * record, where that is known; otherwise the first line end in its range is assumed to end a
   * record. Running it again gives the same. Throws `TerminalError` `input_changed`.
   */
  async map(
    chunk: PlannedChunk,
    input: PlannedInput,
    knownStart: number | null,
    sink: BlockSink,
  ): Promise<ChunkResult> {
    try {
      if (input.kind === 'segment') return await this.#mapSegment(chunk, input, sink);
      return isDecoded(input.kind)
        ? await this.#mapDecoded(chunk, input, sink)
        : await this.#mapRange(chunk, input, knownStart, sink);
    } catch (error) {
      throw asInputChanged(input.key, error);
    }
  }

  /** A file that has to be unpacked or decoded, from its first byte to its last. */
  async #mapDecoded(chunk: PlannedChunk, { key, etag }: PlannedInput, sink: BlockSink) {
    const form = this.#forms.of(key);
    const tally = this.#tally(chunk, null);
    const limits = { stopBefore: Number.POSITIVE_INFINITY, giveUpAt: Number.POSITIVE_INFINITY };
    let close = async () => {};
    try {
      const { encoding } = form;
      const opened = await openInput(this.#landing.stream(key, { ifMatch: etag }), { encoding });
      close = opened.close;
      const reader = new RecordReader(opened.source, opened.startOffset, this.#batch);
      if (opened.kind === 'ndjson') {
        await this.#readRecords(reader, { form, layout: null }, limits, tally, sink);
        return tally.mapped(opened.startOffset, null, null);
      }
      const header = await reader.header(form.wanted, form.dialect);
      if (header.kind === 'rejected') return tally.rejected(header.reason);
      const { layout } = header;
      await this.#readRecords(reader, { form, layout }, limits, tally, sink);
      return tally.mapped(header.end, null, layout);
    } catch (error) {
      if (error instanceof UnreadableInputError) return tally.rejected(error.reason);
      if (error instanceof ObjectUnreadableError) return tally.rejected(error.reason);
      throw error;
    } finally {
      await close();
    }
  }

  /** A segment of the stream's raw archive: its events, at the offsets of their lines. */
  async #mapSegment(chunk: PlannedChunk, input: PlannedInput, sink: BlockSink) {
    const { key, etag, sha256 } = input;
    const tally = this.#tally(chunk, null);
    const columns = this.#columns;
    columns.clear();
    this.#eventParser ??= new EventParser(this.#forms.events.rules);
    const bytes = await this.#segments.get(key, { ifMatch: etag });
    if (sha256 !== undefined) checkSegment(bytes, { key, sha256 });
    const lines = segmentLines(bytes, key);
    let offset = 0;
    for (let from = 0; from < lines.length; from += SPAN_BATCH_RECORDS) {
      const some = lines.slice(from, from + SPAN_BATCH_RECORDS);
      const first = columns.rowCount;
      const events = some.map((line) => decodeLine(line, key).record.data);
      this.#eventParser.parse(events, 0, events.length, columns);
      some.forEach((line, index) => {
        columns.offset[first + index] = offset;
        offset += line.length + 1;
      });
      const isFull = columns.rowCount >= this.#blockRows || columns.raw.size >= BLOCK_RAW_BYTES;
      if (isFull) await this.#flush(tally, sink);
    }
    await this.#flush(tally, sink);
    return tally.mapped(0, offset, null);
  }

  /** The records of plain CSV or NDJSON that start in a range of it. */
  async #mapRange(
    chunk: PlannedChunk,
    input: PlannedInput,
    knownStart: number | null,
    sink: BlockSink,
  ): Promise<ChunkResult> {
    const form = this.#forms.of(input.key);
    const { layout } = input;
    const tally = this.#tally(chunk, input.sizeBytes);
    const isKnown = knownStart !== null || chunk.startByte === input.dataOffset;
    const start =
      knownStart ?? (isKnown ? chunk.startByte : await this.#assumedStart(chunk, input));
    if (start === null) return tally.mapped(null, null, null);
    if (start >= chunk.endByte) return tally.mapped(start, start, null);
    const limits = {
      stopBefore: chunk.endByte,
      giveUpAt: isKnown ? Number.POSITIVE_INFINITY : chunk.endByte + ASSUMED_OVERRUN_BYTES,
    };
    const source = rangeSource(this.#landing, input, start, chunk.endByte);
    const reader = new RecordReader(source, start, this.#batch);
    const { nextOffset, gaveUp } = await this.#readRecords(
      reader,
      { form, layout },
      limits,
      tally,
      sink,
    );
    return gaveUp ? tally.unresolved(start) : tally.mapped(start, nextOffset, null);
  }

  /** The first position in the range that follows a line end, or null. */
  async #assumedStart(chunk: PlannedChunk, input: PlannedInput): Promise<number | null> {
    let at = chunk.startByte - 1;
    const window = this.#batch.bytes;
    while (at < chunk.endByte - 1) {
      const range = { startByte: at, endByte: Math.min(chunk.endByte - 1, at + 64 * 1024) };
      const { key, etag } = input;
      const count = await this.#landing.getInto(key, window, { range, ifMatch: etag });
      const found = window.subarray(0, count).indexOf(LF);
      if (found >= 0) return at + found + 1;
      at = range.endByte;
    }
    return null;
  }

  /** `layout`: null for events. */
  async #readRecords(
    reader: RecordReader,
    { form, layout }: { readonly form: InputForm; readonly layout: CsvLayout | null },
    limits: { stopBefore: number; giveUpAt: number },
    tally: ChunkTally,
    sink: BlockSink,
  ) {
    const columns = this.#columns;
    columns.clear();
    const format = recordFormat(form, layout);
    const mapped = form.rules.mappedValues();
    const written = layout === null ? null : { layout, dialect: form.dialect };
    const result = await reader.records(format, limits, (batch, baseOffset) => {
      tally.lastLine.add(batch, baseOffset, written);
      mapped?.apply(batch, batch.mappedAt);
      parseOrders(batch, baseOffset, form.rules, columns);
      tally.addStrayQuotes(batch.strayQuotes, baseOffset);
      const isFull = columns.rowCount >= this.#blockRows || columns.raw.size >= BLOCK_RAW_BYTES;
      return isFull ? this.#flush(tally, sink) : undefined;
    });
    await this.#flush(tally, sink);
    tally.endAt(result.nextOffset);
    return result;
  }

  /** `inputBytes`: uncompressed; null if that is not known. */
  #tally({ chunkIndex }: PlannedChunk, inputBytes: number | null): ChunkTally {
    return new ChunkTally(
      chunkIndex,
      new LastLineTally(this.#forms.events.rules.statuses, inputBytes),
    );
  }

  async #flush(tally: ChunkTally, sink: BlockSink): Promise<void> {
    const columns = this.#columns;
    if (columns.rowCount === 0) return;
    tally.add(columns);
    await this.#encoder.encode(columns, sink);
    columns.clear();
  }
}
