import { expect } from 'vitest';
import { dialectFormat } from '../../lambdas/shared/ingest/dialect/dialect-format.ts';
import type { WantedColumns } from '../../lambdas/shared/ingest/header-columns.ts';
import { createReaderBatch, RecordReader } from '../../lambdas/shared/ingest/record-reader.ts';
import type { Dialect } from '../../lambdas/shared/model/config-input.ts';
import { issueCodes } from '../../lambdas/shared/model/issue.ts';
import { sourceOf } from './csv-text.ts';

const NO_LIMIT = Number.POSITIVE_INFINITY;
const batch = createReaderBatch();

export interface ReadRecord {
  readonly offset: number;
  readonly text: string;
  readonly issue: string | null;
  /** By field of what is wanted; null: the record does not have it. */
  readonly values: readonly (string | null)[];
}

/** How a test file is handed to the reader. */
interface Reading {
  readonly wanted: WantedColumns;
  readonly dialect: Dialect;
  /** Bytes that come at a time. */
  readonly pieces: readonly number[];
  /** Offsets at which one chunk ends and the next begins. */
  readonly cuts?: readonly number[];
}

/** The records of a file, as its chunks have them one after another, and how many are stray. */
export async function readCsv(file: Uint8Array, { wanted, dialect, pieces, cuts = [] }: Reading) {
  const first = new RecordReader(sourceOf(file, pieces), 0, batch);
  const header = await first.header(wanted, dialect);
  if (header.kind === 'rejected') throw new Error(header.reason);
  const format = dialectFormat(header.layout, dialect);
  const records: ReadRecord[] = [];
  let strayQuotes = 0;
  let at = header.end;
  for (const stopBefore of [...cuts.filter((cut) => cut > header.end), NO_LIMIT]) {
    if (at >= stopBefore) continue;
    const isFirst = at === header.end;
    const source = sourceOf(file.subarray(at), pieces);
    const reader = isFirst ? first : new RecordReader(source, at, batch);
    const limits = { stopBefore, giveUpAt: NO_LIMIT };
    const { nextOffset, gaveUp } = await reader.records(format, limits, (found, baseOffset) => {
      strayQuotes += found.strayQuotes.records;
      for (let i = 0; i < found.recordCount; i++) {
        records.push(recordOf(found, i, baseOffset, wanted.fields.length));
      }
    });
    expect(gaveUp).toBe(false);
    at = nextOffset;
  }
  expect(at).toBe(file.length);
  return { records, strayQuotes, layout: header.layout };
}

function recordOf(
  { bytes, recordStart, recordEnd, recordIssue, starts, ends }: typeof batch,
  index: number,
  baseOffset: number,
  fieldCount: number,
): ReadRecord {
  const text = (start: number, end: number) => Buffer.from(bytes.subarray(start, end)).toString();
  const [issue = null] = issueCodes(recordIssue[index]);
  return {
    offset: baseOffset + recordStart[index],
    text: text(recordStart[index], recordEnd[index]),
    issue,
    values: Array.from({ length: fieldCount }, (_, field) =>
      starts[field][index] < 0 ? null : text(starts[field][index], ends[field][index]),
    ),
  };
}
