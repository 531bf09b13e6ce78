import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMMA, LF } from '../../../lambdas/shared/bytes/bytes.ts';
import { CsvRecordEnd, splitRecord } from '../../../lambdas/shared/ingest/csv-record.ts';
import { csvText, delimitedText } from '../../support/csv-text.ts';
import { csvRecords } from '../../support/oracle/csv.ts';
import { runs } from '../../support/runs.ts';
import { seed } from '../../support/seed.ts';

/** A record that is not taken for a byte order mark or an empty line. */
const behindA = (text: Uint8Array) => Buffer.concat([Buffer.from('a'), text]);

function fieldsOf(record: Uint8Array, delimiter = ','): string[] {
  const bytes = new Uint8Array(record.length * 2);
  bytes.set(record);
  const fields: string[] = [];
  const { length } = record;
  splitRecord(bytes, 0, length, length, delimiter.charCodeAt(0), (column, start, end) => {
    expect(column).toBe(fields.length);
    fields.push(Buffer.from(bytes.subarray(start, end)).toString('latin1'));
  });
  return fields;
}

/** Where the line end of the first record stands, as the oracle has it; -1: at the end of input. */
function firstEnd(input: Uint8Array, delimiter: string): number {
  const [{ bytes }] = csvRecords(input, delimiter);
  return bytes.length === input.length ? -1 : input.indexOf(LF, bytes.length);
}

describe('CsvRecordEnd', () => {
  it('finds the end that the oracle finds, or waits for more of the input', () => {
    fc.assert(
      fc.property(delimitedText, ({ text, delimiter }) => {
        const input = behindA(text);
        const [{ hasStrayQuote }] = csvRecords(input, delimiter);
        const expected = firstEnd(input, delimiter);
        const whole = new CsvRecordEnd(delimiter.charCodeAt(0));

        expect(whole.find(input, 0, input.length, true)).toBe(expected);
        expect(whole.hasStrayQuote).toBe(hasStrayQuote);
        for (let end = 1; end <= input.length; end++) {
          const scan = new CsvRecordEnd(delimiter.charCodeAt(0));
          expect([-1, expected]).toContain(scan.find(input, 0, end, false));
        }
      }),
      { seed, ...runs(1_000) },
    );
  });

  it('finds the end of a record over windows, where the first holds all that quotes need', () => {
    const firstBytes = 1024 * 1024 + 2;
    // Each a field that is open, closed or none before the border of what quotes can reach.
    const fronts = fc.constantFrom('', '"', ',"', '"a\n', ',"a\nb",').map((front) => {
      const filled = Buffer.alloc(firstBytes - 20 - front.length, 'x');
      return Buffer.concat([Buffer.from(front), filled]);
    });
    const cuts = fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 5 });
    fc.assert(
      fc.property(fronts, csvText, cuts, (front, text, places) => {
        const input = Buffer.concat([front, text, Buffer.from('\nabc')]);
        const ends = [...places.map((at) => firstBytes + at), input.length].sort((a, b) => a - b);
        const scan = new CsvRecordEnd(COMMA);
        let from = 0;
        let found = -1;
        for (const end of ends.filter((at) => at <= input.length)) {
          if (found < 0) found = scan.find(input, from, end, end === input.length);
          from = end;
        }

        expect(found).toBe(firstEnd(input, ','));
        if (input.length > firstBytes) return;
        expect(scan.hasStrayQuote).toBe(csvRecords(input)[0].hasStrayQuote);
      }),
      { seed, ...runs(30) },
    );
  });
});

describe('splitRecord', () => {
  it('gives the fields that the oracle gives', () => {
    fc.assert(
      fc.property(delimitedText, ({ text, delimiter }) => {
        for (const { bytes, fields } of csvRecords(behindA(text), delimiter)) {
          expect(fieldsOf(bytes, delimiter)).toEqual(fields);
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
    ['"a"b"c"', ['"a"b"c"']],
    ['"a" , b', ['a', ' b']],
    ['"a\t"\t ,"b" ', ['a\t', 'b']],
    ['"a","b', ['a', '"b']],
    ['"a,b"c,"d"', ['"a', 'b"c', 'd']],
    ['a"b,"""",', ['a"b', '"', '']],
    ['"""', ['"""']],
    ['"a"\r', ['"a"\r']],
  ])('splits %j', (record, fields) => {
    expect(fieldsOf(Buffer.from(record))).toEqual(fields);
  });

  it('takes a tab for a delimiter and not for a blank where it is one', () => {
    expect(fieldsOf(Buffer.from('"a" \t\t"b\t"\t"c'), '\t')).toEqual(['a', '', 'b\t', '"c']);
  });
});
