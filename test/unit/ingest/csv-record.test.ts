import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMMA } from '../../../lambdas/shared/ingest/bytes.ts';
import { CsvRecordEnd, splitRecord } from '../../../lambdas/shared/ingest/csv-record.ts';
import { csvText } from '../../support/csv-text.ts';
import { csvRecords } from '../../support/oracle/csv.ts';
import { runs } from '../../support/runs.ts';
import { seed } from '../../support/seed.ts';

/** A record that is not taken for a byte order mark or an empty line. */
const behindA = (text: Uint8Array) => Buffer.concat([Buffer.from('a'), text]);

function fieldsOf(record: Uint8Array): string[] {
  const bytes = new Uint8Array(record.length * 2);
  bytes.set(record);
  const fields: string[] = [];
  splitRecord(bytes, 0, record.length, record.length, COMMA, (column, start, end) => {
    expect(column).toBe(fields.length);
    fields.push(Buffer.from(bytes.subarray(start, end)).toString('latin1'));
  });
  return fields;
}

describe('CsvRecordEnd', () => {
  it('finds the end that the oracle finds, whatever the windows', () => {
    fc.assert(
      fc.property(csvText, fc.array(fc.nat(120), { maxLength: 5 }), (text, cuts) => {
        const input = behindA(text);
        const scan = new CsvRecordEnd(COMMA);
        const places = [...cuts.filter((cut) => cut < input.length), input.length].sort(
          (a, b) => a - b,
        );
        let from = 0;
        let found = -1;
        for (const end of places) {
          if (found < 0) found = scan.find(input, from, end);
          from = end;
        }

        const [record] = csvRecords(input);
        const isLast = found < 0;
        const end = isLast ? input.length : found;
        const isCrLf = !isLast && input[end - 1] === 0x0d && record.bytes.length < end;
        expect(record.bytes.length).toBe(isCrLf ? end - 1 : end);
        expect(scan.isInQuotes).toBe(record.isUnterminated);
      }),
      { seed, ...runs(2_000) },
    );
  });
});

describe('splitRecord', () => {
  it('gives the fields that the oracle gives', () => {
    fc.assert(
      fc.property(csvText, (text) => {
        for (const { bytes, fields, isUnterminated } of csvRecords(behindA(text))) {
          if (!isUnterminated) expect(fieldsOf(bytes)).toEqual(fields);
        }
      }),
      { seed, ...runs(1_000) },
    );
  });

  it.each([
    ['', ['']],
    [',', ['', '']],
    ['a,"b,""c"" ",d', ['a', 'b,"c" ', 'd']],
    ['"",""', ['', '']],
    ['"a"b"c"', ['ab"c"']],
    ['"a" , b', ['a ', ' b']],
    ['a"b,"""",', ['a"b', '"', '']],
  ])('splits %j', (record, fields) => {
    expect(fieldsOf(Buffer.from(record))).toEqual(fields);
  });
});
