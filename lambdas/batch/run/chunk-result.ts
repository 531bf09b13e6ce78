import type { CsvLayout } from '../../shared/ingest/csv-layout.ts';

/** What the map step says of a chunk; its records are in the exchange. */
export interface ChunkResult {
  readonly chunkIndex: number;
  /**
   * `rejected`: a file that had to be decoded and cannot be used. `unresolved`: the assumed start
   * led too far; run it from a known one.
   */
  readonly status: 'mapped' | 'rejected' | 'unresolved';
  readonly reason: string | null;
  /** Where its first record starts; null if no line ends in its range. */
  readonly firstRecordOffset: number | null;
  /** Where the record after its last one starts. */
  readonly nextRecordOffset: number | null;
  readonly readRecords: number;
  readonly quarantinedRecords: number;
  /** By index in `ISSUE_CODES`: records with that issue; empty where no record has one. */
  readonly issueRecords: readonly number[];
  /**
   * Records of which a field begins with a stray quote (contract §1.1), any field, also one of a
   * column that nobody asks for; and where the first of them starts.
   */
  readonly strayQuotes: { readonly records: number; readonly firstOffset: number | null };
  /** As the header of the file says; null where the plan knows it, or its records are events. */
  readonly layout: CsvLayout | null;
  readonly lastLine: LastLine;
}

/** The last values of records, by what a cut would change. Zeros where there are no records. */
export interface LastValues {
  readonly records: number;
  readonly shortestBytes: number;
  readonly longestBytes: number;
  /** Digits behind the point; only where the last value is a price. */
  readonly fewestDecimals: number;
}

/** The record at the end of an input that no line end follows. */
export interface OpenRecord {
  readonly offset: number;
  readonly hasFewerFields: boolean;
  /** An event that is no JSON. */
  readonly isInvalidJson: boolean;
  /** Its last value is the status, and the beginning of one, or nothing at all. */
  readonly statusLeft: 'part' | 'nothing' | null;
  /** Null where it was not split into values. */
  readonly lastValue: LastValues | null;
}

/** What a chunk says of the end of its file: `last_line_cut` is judged by file. */
export interface LastLine {
  /** Of all records of the chunk but `open`. */
  readonly others: LastValues;
  /** Null in every chunk but the one that reaches the end of the file, and mostly there. */
  readonly open: OpenRecord | null;
}
