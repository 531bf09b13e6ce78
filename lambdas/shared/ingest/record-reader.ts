import { DEFAULT_DIALECT } from '../model/config-dialect.ts';
import type { Dialect } from '../model/config-input.ts';
import { assert } from '../model/errors.ts';
import { issueBit } from '../model/issue.ts';
import { MAX_RAW_BYTES, MAX_RECORD_BYTES } from '../model/order.ts';
import { type HeaderResult, parseHeader } from './csv-header.ts';
import type { CsvLayout } from './csv-layout.ts';
import { CsvRecordEnd } from './csv-record.ts';
import { type CsvBatch, createCsvBatch, emptyBatch, scanCsv } from './csv-scanner.ts';
import type { WantedColumns } from './header-columns.ts';
import { MAPPED_ROOM_BYTES } from './mapping/mapped-room.ts';
import { addRejectedRecord } from './span-batch.ts';

/** The bytes of an input, in order. */
export interface ByteSource {
  /** Fills the front of `target` and returns how many bytes; 0 at the end of the input. */
  read(target: Uint8Array): Promise<number>;
}

/** How records are found in bytes: CSV or NDJSON. */
export interface RecordFormat {
  /** Contract of `scanCsv`. */
  scan(
    batch: CsvBatch,
    range: { from: number; end: number; startBefore: number; isLast: boolean },
  ): number;
  /** Finds the end of a record that is larger than a window. */
  createRecordEnd(): RecordEnd;
}

type RecordEnd = Pick<CsvRecordEnd, 'find' | 'hasStrayQuote'> & {
  /** True for a line that is no record; known after the first `find`. */
  readonly isComment?: boolean;
};

/**
 * The CSV record format of one file: scans batches and finds record ends with the file's delimiter
 * and columns.
 */
export function csvFormat(layout: CsvLayout): RecordFormat {
  return {
    scan: (batch, range) => scanCsv(batch, layout, range),
    createRecordEnd: () => new CsvRecordEnd(layout.delimiter),
  };
}

export interface ReadLimits {
  /** Records that start at or after this offset are left to others. */
  readonly stopBefore: number;
  /** Position at which to stop in the middle of a record; the result is then `gaveUp`. */
  readonly giveUpAt: number;
}

export type BatchConsumer = (batch: CsvBatch, baseOffset: number) => void | Promise<void>;

/**
 * Holds at least one record of the largest size that counts, so that a record that does not fit is
 * too long.
 */
const WINDOW_BYTES = 2 * MAX_RECORD_BYTES;
// One byte for the scanner's sentinel, then what a mapping writes.
const ROOM_AT = WINDOW_BYTES + 1 + MAPPED_ROOM_BYTES;

/**
 * Reads an input through a window of 2 MiB, whatever the size of the input or its records, and
 * hands out batches of spans. One reader reads one input once.
 */
export class RecordReader {
  readonly #source: ByteSource;
  readonly #bytes: Uint8Array;
  readonly #batch: CsvBatch;
  /** Offset in the input of the window's first byte. */
  #baseOffset: number;
  #at = 0;
  #end = 0;
  #isLast = false;

  /** `batch` may be handed on from one reader to the next. */
  constructor(source: ByteSource, startOffset: number, batch: CsvBatch = createReaderBatch()) {
    this.#source = source;
    this.#baseOffset = startOffset;
    this.#batch = batch;
    this.#bytes = batch.bytes;
  }

  /**
   * The header of a file that is read from its first byte, or the columns that `dialect` names; the
   * records follow.
   */
  async header(
    wanted: WantedColumns,
    dialect: Dialect = DEFAULT_DIALECT,
  ): Promise<Exclude<HeaderResult, { kind: 'incomplete' }>> {
    let rest = dialect;
    for (;;) {
      const result = parseHeader(this.#bytes, this.#end, this.#isLast, wanted, rest);
      if (result.kind === 'header') {
        this.#at = result.end;
        return { ...result, end: this.#baseOffset + result.end };
      }
      if (result.kind === 'rejected') return result;
      // Only lines that are passed over can fill a window before a header of allowed length. The
      // last line end stays, as one more line, so that what follows is not taken for the start of
      // the file.
      if (this.#end === WINDOW_BYTES) {
        this.#moveToFront(result.start - 1);
        rest = { ...dialect, skipRows: result.skipRows === 0 ? 0 : result.skipRows + 1 };
      }
      await this.#fill();
    }
  }

  /**
   * Hands every record that starts before `stopBefore` to `consume`, and says where the next one
   * starts.
   */
  async records(
    format: RecordFormat,
    limits: ReadLimits,
    consume: BatchConsumer,
  ): Promise<{ nextOffset: number; gaveUp: boolean }> {
    for (;;) {
      await this.#scanWindow(format, limits, consume);
      const offset = this.#baseOffset + this.#at;
      if (offset >= limits.stopBefore || (this.#isLast && this.#at === this.#end)) {
        return { nextOffset: offset, gaveUp: false };
      }
      if (this.#baseOffset + this.#end >= limits.giveUpAt) {
        return { nextOffset: offset, gaveUp: true };
      }
      this.#moveToFront(this.#at);
      if (this.#end < WINDOW_BYTES) await this.#fillTwice();
      else if (!(await this.#skipLongRecord(format, limits, consume))) {
        return { nextOffset: offset, gaveUp: true };
      }
    }
  }

  async #scanWindow(format: RecordFormat, limits: ReadLimits, consume: BatchConsumer) {
    const batch = this.#batch;
    const range = {
      from: this.#at,
      end: this.#end,
      startBefore: limits.stopBefore - this.#baseOffset,
      isLast: this.#isLast,
    };
    for (;;) {
      emptyBatch(batch, ROOM_AT);
      const next = format.scan(batch, range);
      if (batch.recordCount > 0) await consume(batch, this.#baseOffset);
      if (next === range.from) return;
      range.from = next;
      this.#at = next;
    }
  }

  #moveToFront(from: number): void {
    this.#bytes.copyWithin(0, from, this.#end);
    this.#baseOffset += from;
    this.#end -= from;
    this.#at = 0;
  }

  async #fill(): Promise<void> {
    const count = await this.#source.read(this.#bytes.subarray(this.#end, WINDOW_BYTES));
    assert(count > 0 || !this.#isLast, 'an input is not read past its end');
    this.#end += count;
    this.#isLast = count === 0;
  }

  /**
   * The remaining bytes hold no record end. Doubles them before the next try, so that small pieces
   * do not cause many tries.
   */
  async #fillTwice(): Promise<void> {
    const wanted = Math.min(2 * this.#end, WINDOW_BYTES);
    do await this.#fill();
    while (this.#end < wanted && !this.#isLast);
  }

  /**
   * Skips a record at the front of a full window that exceeds the size limit. Its first 64 KiB
   * stay; the rest passes through the window after them until its end is found. False: gave up.
   */
  async #skipLongRecord(format: RecordFormat, limits: ReadLimits, consume: BatchConsumer) {
    const keptBytes = MAX_RAW_BYTES + 1; // One more, so that the cut can be seen.
    const scan = format.createRecordEnd();
    const recordOffset = this.#baseOffset;
    let from = 0;
    let found = scan.find(this.#bytes, from, this.#end, this.#isLast);
    let readOffset = recordOffset + this.#end;
    while (found < 0 && !this.#isLast) {
      if (readOffset >= limits.giveUpAt) return false;
      from = keptBytes;
      const count = await this.#source.read(this.#bytes.subarray(from, WINDOW_BYTES));
      this.#isLast = count === 0;
      this.#end = from + count;
      readOffset += count;
      found = scan.find(this.#bytes, from, this.#end, this.#isLast);
    }
    if (scan.isComment !== true) {
      emptyBatch(this.#batch, ROOM_AT);
      if (scan.hasStrayQuote) this.#batch.strayQuotes.add(0);
      addRejectedRecord(this.#batch, 0, keptBytes, issueBit('record_too_long'));
      await consume(this.#batch, recordOffset);
    }
    const next = found < 0 ? this.#end : found + 1;
    this.#baseOffset = readOffset - this.#end;
    this.#moveToFront(next);
    return true;
  }
}

/** The buffer of a reader: window, sentinel, and room for one record's decoded values. */
export function createReaderBatch(): CsvBatch {
  return createCsvBatch(WINDOW_BYTES, MAX_RECORD_BYTES, MAPPED_ROOM_BYTES);
}
