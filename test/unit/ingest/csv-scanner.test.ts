import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLayout } from '../../../lambdas/shared/ingest/csv-layout.ts';
import { createCsvBatch, emptyBatch, scanCsv } from '../../../lambdas/shared/ingest/csv-scanner.ts';
import { csvText, delimitedText } from '../../support/csv-text.ts';
import { type CsvRecord, csvIssue, csvRecords, fieldText } from '../../support/oracle/csv.ts';
import { FIELDS } from '../../support/oracle/text.ts';
import { runs } from '../../support/runs.ts';
import { scannedRecords } from '../../support/scanned-records.ts';
import { seed } from '../../support/seed.ts';

const WINDOW_BYTES = 4096;
const batch = createCsvBatch(WINDOW_BYTES, WINDOW_BYTES);
const LAYOUT = [0, 1, 2, 3, 4, 5, 6];

interface Place {
  /** What stands around the window's text: a scanner may look at it, and may not use it. */
  readonly before?: string;
  readonly after?: string;
  readonly layout?: readonly number[];
  readonly isLast?: boolean;
  readonly startBefore?: number;
  readonly delimiter?: string;
}

/** Scans a text; positions count from its start. */
function scan(text: string | Uint8Array, place: Place = {}) {
  const { before = '', after = '"', layout = LAYOUT, isLast = true, startBefore } = place;
  const delimiter = (place.delimiter ?? ',').charCodeAt(0);
  const input = Buffer.from(text);
  const from = Buffer.byteLength(before);
  const end = from + input.length;
  batch.bytes.fill(0x2c, 0, WINDOW_BYTES);
  batch.bytes.set(Buffer.concat([Buffer.from(before), input, Buffer.from(after)]));
  emptyBatch(batch, WINDOW_BYTES + 1);
  const limit = startBefore === undefined ? Number.POSITIVE_INFINITY : from + startBefore;
  const next = scanCsv(batch, csvLayout(layout, delimiter), {
    from,
    end,
    startBefore: limit,
    isLast,
  });
  const behind = Buffer.from(batch.bytes.slice(end, end + Buffer.byteLength(after)));
  expect(behind.toString()).toBe(after);
  const records = scannedRecords(batch).map(({ start, end: recordEnd, ...rest }) => ({
    start: start - from,
    end: recordEnd - from,
    ...rest,
  }));
  const { strayQuotes } = batch;
  const firstStray = strayQuotes.records === 0 ? null : strayQuotes.firstStart - from;
  const stray = { records: strayQuotes.records, first: firstStray };
  return { next: next - from, records, stray };
}

function expectedRecord(record: CsvRecord, layout: readonly number[]) {
  const issue = csvIssue(record, layout.length);
  const textOf = (name: string) =>
    fieldText(record, layout.indexOf(FIELDS.indexOf(name as (typeof FIELDS)[number])));
  return {
    start: record.offset,
    end: record.offset + record.bytes.length,
    issue,
    values: issue === null ? Object.fromEntries(FIELDS.map((n) => [n, textOf(n)])) : null,
  };
}

/** The scanner knows no byte order mark: one at the start of a window is text. */
const recordsOf = (text: Uint8Array, delimiter?: string) =>
  csvRecords(Buffer.concat([Buffer.from('\n'), text]), delimiter).map((record) => ({
    ...record,
    offset: record.offset - 1,
  }));

function strayOf(records: readonly CsvRecord[]) {
  const offsets = records.filter((record) => record.hasStrayQuote).map(({ offset }) => offset);
  return { records: offsets.length, first: offsets[0] ?? null };
}

const layouts = fc.constantFrom(LAYOUT, [6, 5, 4, 3, 2, 1, 0], [-1, 0, 1, 2, 3, 4, 5, 6, -1]);
/** Any alignment, and bytes that would mean something if they belonged to the window. */
const surroundings = fc.record({
  before: fc.constantFrom('', '"', ',', 'xyz', '\n'.repeat(13), '"'.repeat(31), 'a,b,"'.repeat(5)),
  after: fc.constantFrom('"', '\n', ',,,,,,\n', 'a,b,c,d,e,f,g\n', '\r\n"', '€'),
});

describe('scanCsv', () => {
  it('finds the records and values that the oracle finds', () => {
    fc.assert(
      fc.property(delimitedText, layouts, surroundings, ({ text, delimiter }, layout, around) => {
        const { next, records, stray } = scan(text, { layout, delimiter, ...around });

        const all = recordsOf(text, delimiter);
        expect(records).toEqual(all.map((record) => expectedRecord(record, layout)));
        expect(stray).toEqual(strayOf(all));
        expect(next).toBe(text.length);
      }),
      { seed, ...runs(2_000) },
    );
  });

  it('stops at the first record whose end is not in the window', () => {
    fc.assert(
      fc.property(csvText, csvText, surroundings, (text, rest, around) => {
        const whole = Buffer.concat([text, rest]);
        const { next, records, stray } = scan(text, { ...around, isLast: false });

        // A CR at the end of the window may be half of a line end, and what comes may end a quote.
        const all = recordsOf(whole).map((record) => expectedRecord(record, LAYOUT));
        expect(records).toEqual(all.slice(0, records.length));
        expect(stray).toEqual(strayOf(recordsOf(whole).slice(0, records.length)));
        expect(next).toBeLessThanOrEqual(text.length);
        expect(records.every(({ end }) => end < text.length)).toBe(true);
        const following = recordsOf(whole.subarray(next)).map(({ offset }) => offset + next);
        expect(following).toEqual(all.slice(records.length).map(({ start }) => start));
        expect(text.subarray(next).includes('\n') && !text.subarray(next).includes('"')).toBe(
          false,
        );
      }),
      { seed, ...runs(2_000) },
    );
  });

  it('leaves the records that start at or behind the limit', () => {
    fc.assert(
      fc.property(csvText, fc.nat(200), surroundings, (text, limit, around) => {
        const { records, stray } = scan(text, { ...around, startBefore: limit });

        const own = recordsOf(text).filter(({ offset }) => offset < limit);
        expect(records).toEqual(own.map((record) => expectedRecord(record, LAYOUT)));
        expect(stray).toEqual(strayOf(own));
      }),
      { seed, ...runs(1_000) },
    );
  });

  it('keeps a CR before the line end out of the last value, and any other one in it', () => {
    const { records } = scan('a,b,c,d,e,f,g\r\na,b\r,c,d,e,f,g\r\r\na,b,c,d,e,f,g\r');

    expect(records.map(({ values }) => [values?.customer_id, values?.status])).toEqual([
      ['b', 'g'],
      ['b\r', 'g\r'],
      ['b', 'g\r'],
    ]);
  });

  it('keeps a quote inside a value, and a stray one, and drops blanks behind a closing one', () => {
    const { records, stray } = scan('"a"b"c,"" ,"""",x"y,"p\nq"\t,"r,s",""" " \r\n');

    expect(records).toHaveLength(1);
    expect(Object.values(records[0].values ?? {})).toEqual([
      ...['"a"b"c', '', '"', 'x"y', 'p\nq', 'r,s', '" '],
    ]);
    expect(stray).toEqual({ records: 1, first: 0 });
  });

  it('skips empty lines and counts a line of blanks', () => {
    const { records } = scan('\n\r\n\n \n\r\n');

    expect(records).toEqual([{ start: 4, end: 5, issue: 'wrong_field_count', values: null }]);
  });

  it('reports bytes that are not UTF-8 before a wrong number of fields', () => {
    const { records } = scan(Buffer.from('a,b\nc,\xff\n\xe2\x82,,,,,,\n', 'latin1'));

    expect(records.map(({ issue }) => issue)).toEqual([
      'wrong_field_count',
      'invalid_utf8',
      'invalid_utf8',
    ]);
  });

  it('ends a record with its line, although a quote in it never closes', () => {
    const { records, stray } = scan('a\n1,2,3,4,5,6,"c\n1,2,3,4,5,6,7\n"1,2\n');

    expect(records.map(({ start, end, issue }) => [start, end, issue])).toEqual([
      [0, 1, 'wrong_field_count'],
      [2, 16, null],
      [17, 30, null],
      [31, 35, 'wrong_field_count'],
    ]);
    expect(records[1].values?.status).toBe('"c');
    expect(stray).toEqual({ records: 2, first: 2 });
  });

  it('waits for what may close a quote, for what may double it, and for what follows', () => {
    const plain = 'a,b,c,d,e,f,g\n';
    for (const open of ['"', '"a\n', '"a"', '"a" \t', '"a"\r', '"a""', '"a""b"']) {
      const { next, records, stray } = scan(`${plain}a,b,c,d,e,f,${open}`, { isLast: false });

      expect({ open, next, found: records.length, stray: stray.records }).toEqual({
        open,
        next: 14,
        found: 1,
        stray: 0,
      });
    }
  });

  it('stops when the batch is full, and goes on where it stopped', () => {
    const text = Buffer.from(`${'a\n'.repeat(2_047)}"\n"\n`);
    const large = createCsvBatch(8_192, 16);
    large.bytes.set(text);
    const range = { from: 0, end: text.length, startBefore: text.length, isLast: true };

    const next = scanCsv(large, csvLayout(LAYOUT), range);
    expect([large.recordCount, next]).toEqual([2_048, text.length]);
    emptyBatch(large, 8_193);
    large.bytes.set(Buffer.from('a\n'.repeat(2_050)));
    const second = scanCsv(large, csvLayout(LAYOUT), { ...range, end: 4_100, startBefore: 4_100 });
    expect([large.recordCount, second]).toEqual([2_048, 4_096]);
  });
});
