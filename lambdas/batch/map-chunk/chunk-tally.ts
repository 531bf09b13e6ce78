import type { CsvLayout } from '../../shared/ingest/csv-layout.ts';
import type { OrderColumns } from '../../shared/ingest/order-columns.ts';
import type { StrayQuotes } from '../../shared/ingest/stray-quotes.ts';
import { ISSUE_CODES } from '../../shared/model/issue.ts';
import type { ChunkResult } from '../run/chunk-result.ts';
import type { LastLineTally } from './last-line.ts';

/** Counts of one chunk. */
export class ChunkTally {
  readonly #chunkIndex: number;
  #read = 0;
  #quarantined = 0;
  #issueRecords: number[] = [];
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
    if (quarantinedCount > 0 && this.#issueRecords.length === 0) {
      this.#issueRecords = ISSUE_CODES.map(() => 0);
    }
    for (let i = 0; i < quarantinedCount; i++) {
      let bits = issues[quarantinedRow[i]];
      while (bits !== 0) {
        const index = 31 - Math.clz32(bits);
        this.#issueRecords[index] += 1;
        bits &= ~(1 << index);
      }
    }
  }

  addStrayQuotes({ records, firstStart }: StrayQuotes, baseOffset: number): void {
    if (records === 0) return;
    this.#strayQuotes.records += records;
    this.#strayQuotes.firstOffset ??= baseOffset + firstStart;
  }

  mapped(first: number | null, next: number | null, layout: CsvLayout | null): ChunkResult {
    return { ...this.#result('mapped', layout), firstRecordOffset: first, nextRecordOffset: next };
  }

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
      issueRecords: this.#issueRecords,
      strayQuotes: this.#strayQuotes,
      layout,
      lastLine: this.lastLine.finish(this.#nextOffset),
    };
  }
}
