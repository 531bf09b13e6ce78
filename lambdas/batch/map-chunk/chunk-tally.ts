import type { CsvLayout } from '../../shared/ingest/csv-layout.ts';
import type { OrderColumns } from '../../shared/ingest/order-columns.ts';
import type { StrayQuotes } from '../../shared/ingest/stray-quotes.ts';
import { IssueCounter } from '../../shared/rules/issue-counts.ts';
import type { ChunkResult } from '../run/chunk-result.ts';
import type { LastLineTally } from './last-line.ts';

/** Adds up the counts of one chunk, batch by batch. */
export class ChunkTally {
  readonly #chunkIndex: number;
  #read = 0;
  #quarantined = 0;
  readonly #issues = new IssueCounter();
  readonly #strayQuotes = { records: 0, firstOffset: null as number | null };
  readonly lastLine: LastLineTally;
  #nextOffset = -1;

  constructor(chunkIndex: number, lastLine: LastLineTally) {
    this.#chunkIndex = chunkIndex;
    this.lastLine = lastLine;
  }

  /** All records were taken; the next one would begin there. */
  endAt(nextOffset: number): void {
    this.#nextOffset = nextOffset;
  }

  add({ rowCount, quarantinedCount, quarantinedRow, issues }: OrderColumns): void {
    this.#read += rowCount;
    this.#quarantined += quarantinedCount;
    for (let i = 0; i < quarantinedCount; i++) this.#issues.add(issues[quarantinedRow[i]]);
  }

  addStrayQuotes({ records, firstStart }: StrayQuotes, baseOffset: number): void {
    if (records === 0) return;
    this.#strayQuotes.records += records;
    this.#strayQuotes.firstOffset ??= baseOffset + firstStart;
  }

  mapped(first: number | null, next: number | null, layout: CsvLayout | null): ChunkResult {
    return { ...this.#result('mapped', layout), firstRecordOffset: first, nextRecordOffset: next };
  }

  /** The assumed start, `first`, led too far: the chunk must be run again from a known one. */
  unresolved(first: number): ChunkResult {
    return { ...this.#result('unresolved', null), firstRecordOffset: first };
  }

  rejected(reason: string): ChunkResult {
    return { ...this.#result('rejected', null), reason };
  }

  #result(status: ChunkResult['status'], layout: CsvLayout | null): ChunkResult {
    return {
      chunkIndex: this.#chunkIndex,
      status,
      reason: null,
      firstRecordOffset: null,
      nextRecordOffset: null,
      readRecords: this.#read,
      quarantinedRecords: this.#quarantined,
      issueRecords: this.#issues.counts,
      strayQuotes: this.#strayQuotes,
      layout,
      lastLine: this.lastLine.finish(this.#nextOffset),
    };
  }
}
