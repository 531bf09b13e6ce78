import { CR, LF } from '../../bytes/bytes.ts';
import type { Dialect } from '../../model/config-input.ts';
import { MAX_RECORD_BYTES } from '../../model/order.ts';
import type { CsvLayout } from '../csv-layout.ts';
import type { FieldVisitor } from '../csv-record.ts';
import { withoutCarriageReturn } from '../csv-record.ts';
import {
  type CsvBatch,
  markInvalidUtf8,
  type OddRecordScan,
  RECORD_TOO_LONG,
  type ScanRange,
  scanCsv,
  WRONG_FIELD_COUNT,
} from '../csv-scanner.ts';
import { csvFormat, type RecordFormat } from '../record-reader.ts';
import { addRejectedRecord, SPAN_BATCH_RECORDS } from '../span-batch.ts';
import { DialectRecordEnd, splitByRules } from './dialect-record.ts';
import { type DialectRules, dialectRules, isKernelDialect } from './dialect-rules.ts';

/**
 * The record format of CSV in any dialect (contract §1.3), with the columns and the delimiter of
 * one file's `layout`. The kernel reads the dialects that it understands, and all but the short
 * records of those that pad such; other dialects take several times as long.
 */
export function dialectFormat(layout: CsvLayout, dialect: Dialect): RecordFormat {
  if (isKernelDialect(dialect)) return csvFormat(layout);
  const rules = dialectRules(dialect, layout.delimiter);
  const scanner = new DialectScanner(layout, rules);
  const scanShort: OddRecordScan = (batch, _layout, start, range) =>
    scanner.scanLine(batch, start, range);
  return {
    scan: isKernelDialect({ ...dialect, padRows: false })
      ? (batch, range) => scanCsv(batch, layout, range, scanShort)
      : (batch, range) => scanner.scan(batch, range),
    createRecordEnd: () => new DialectRecordEnd(rules),
  };
}

/** Fills batches as `scanCsv` does, but for one dialect. */
class DialectScanner {
  readonly #fields: readonly number[];
  readonly #rules: DialectRules;
  #batch: CsvBatch | null = null;
  #columnCount = 0;
  /** One closure for all records. */
  readonly #addField: FieldVisitor = (column, start, end) => {
    this.#columnCount = column + 1;
    this.#setSpan(column, start, end);
  };

  constructor({ fields }: CsvLayout, rules: DialectRules) {
    this.#fields = fields;
    this.#rules = rules;
  }

  /** Contract of `scanCsv`. */
  scan(batch: CsvBatch, range: ScanRange): number {
    const firstRecord = batch.recordCount;
    const stopBefore = Math.min(range.startBefore, range.end);
    let at = range.from;
    while (at < stopBefore && batch.recordCount < SPAN_BATCH_RECORDS) {
      const next = this.scanLine(batch, at, range);
      if (next < 0) break;
      at = next;
    }
    markInvalidUtf8(batch, firstRecord, range.from, at);
    return at;
  }

  /**
   * Adds what starts at `start`: a record, or nothing for a comment or an empty line. Returns where
   * the next one starts, or -1 if the window or the room is too short.
   */
  scanLine(batch: CsvBatch, start: number, { end, isLast }: ScanRange): number {
    const { bytes } = batch;
    if (bytes[start] === LF) return start + 1;
    if (bytes[start] === CR && start + 1 < end && bytes[start + 1] === LF) return start + 2;
    const recordEnd = new DialectRecordEnd(this.#rules);
    const found = recordEnd.find(bytes, start, end, isLast);
    if (found < 0 && !isLast) return -1;
    const next = found < 0 ? end : found + 1;
    if (recordEnd.isComment) return next;
    const lineEnd = found < 0 ? end : withoutCarriageReturn(bytes, start, found);
    const isTooLong = lineEnd - start > MAX_RECORD_BYTES;
    if (!isTooLong && bytes.length - batch.roomAt < lineEnd - start) return -1;
    if (recordEnd.hasStrayQuote) batch.strayQuotes.add(start);
    if (isTooLong) addRejectedRecord(batch, start, lineEnd, RECORD_TOO_LONG);
    else this.#addRecord(batch, start, lineEnd);
    return next;
  }

  #addRecord(batch: CsvBatch, start: number, end: number): void {
    this.#batch = batch;
    const span = { start, end, roomAt: batch.roomAt };
    batch.roomAt = splitByRules(batch.bytes, span, this.#rules, this.#addField);
    const wanted = this.#fields.length;
    const found = this.#columnCount;
    if (found > wanted || (found < wanted && !this.#rules.padsRows)) {
      addRejectedRecord(batch, start, end, WRONG_FIELD_COUNT);
      return;
    }
    for (let column = found; column < wanted; column++) this.#setSpan(column, -1, -1);
    const index = batch.recordCount;
    batch.recordStart[index] = start;
    batch.recordEnd[index] = end;
    batch.recordIssue[index] = 0;
    batch.recordCount += 1;
  }

  /** A column of the record that comes next. */
  #setSpan(column: number, start: number, end: number): void {
    const batch = this.#batch;
    const field = column < this.#fields.length ? this.#fields[column] : -1;
    if (field < 0 || batch === null) return;
    batch.starts[field][batch.recordCount] = start;
    batch.ends[field][batch.recordCount] = end;
  }
}
