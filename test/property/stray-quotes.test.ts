import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HEADER } from '../support/batch-runs.ts';
import { csvText } from '../support/csv-text.ts';
import { mappedChunks, totalsOf } from '../support/mapped-chunks.ts';
import { csvIssue, csvRecords, fieldText } from '../support/oracle/csv.ts';
import { FIELDS, present } from '../support/oracle/text.ts';
import { produce } from '../support/produced.ts';
import { LIMIT_MS, runs } from '../support/runs.ts';
import { seed } from '../support/seed.ts';
import {
  expectLinearTime,
  oneStrayQuote,
  sameAsSlowReading,
  strayInTenth,
} from '../support/stray-quotes.ts';

const fileOf = (text: Uint8Array) => Buffer.concat([Buffer.from(`${HEADER}\n`), text]);

describe('records with stray quotes', () => {
  it(
    'are the same whatever the chunks, and counted, with the place of the first',
    async () => {
      await fc.assert(
        fc.asyncProperty(csvText, fc.integer({ min: 1, max: 80 }), async (text, chunkBytes) => {
          const file = fileOf(text);
          const [, ...records] = csvRecords(file);
          const stray = records.filter(({ hasStrayQuote }) => hasStrayQuote);

          expect(totalsOf(await mappedChunks(file, chunkBytes))).toEqual({
            records: records.length,
            strayQuotes: stray.length,
            firstStrayQuote: stray[0]?.offset ?? null,
          });
        }),
        { seed, ...runs(50) },
      );
    },
    LIMIT_MS,
  );

  it(
    'go to the stream as the oracle reads them',
    async () => {
      await fc.assert(
        fc.asyncProperty(csvText, async (text) => {
          const { records } = await produce({ 'a.csv': fileOf(text) });

          const [, ...expected] = csvRecords(fileOf(text));
          expect(records).toHaveLength(expected.length);
          expected.forEach((record, index) => {
            const sent = Buffer.from(records[index].data);
            if (csvIssue(record, 7) !== null) {
              expect(sent).toEqual(Buffer.from(record.bytes));
              return;
            }
            const values = FIELDS.map((name, column) => [name, fieldText(record, column)]);
            expect(JSON.parse(sent.toString())).toEqual(
              Object.fromEntries(values.filter(([, value]) => present(value) !== null)),
            );
          });
        }),
        { seed, ...runs(50) },
      );
    },
    LIMIT_MS,
  );
});

describe('100,000 lines', () => {
  it.each([
    ['a stray quote in every tenth', strayInTenth],
    ['one stray quote', oneStrayQuote],
  ])(
    'with %s are read as slowly as plain ones, and as a slow reading has them',
    async (_what, file) => {
      await sameAsSlowReading(file(100_000));
      await expectLinearTime(file, 30_000);
    },
    LIMIT_MS,
  );
});

/** Lines of about 60 bytes, each a function of its number. */
const lines = (line: (index: number) => string) => (count: number) =>
  Buffer.from(`${HEADER},note\n${Array.from({ length: count }, (_, i) => line(i)).join('\n')}\n`);
const order = (index: number) => `o${index},c1,p1,2026-01-05 10:00:00,1,1.00,done`;

/**
 * The test runner rewrites imports, which makes loops over bytes outside the kernels several times
 * as slow; in the program every one of these files takes less than three times.
 */
const MOST_IN_TESTS = 10;

describe('hostile files take time by their size', () => {
  it.each<[string, (index: number) => string]>([
    ['a quote at the start of each field', (i) => `${order(i)},x`.replaceAll(/(^|,)/g, '$1"')],
    ['runs of quotes of all lengths', (i) => `${order(i)},${'"'.repeat(i % 40)}x`],
    ['even runs at the start of fields', (i) => `${order(i)},${'""'.repeat(1 + (i % 20))}x`],
    [
      'a value with doubled quotes in front of a stray one',
      (i) => `"o""${i}",${order(i).slice(1)},"x`,
    ],
    ['quotes that close before text', (i) => `${order(i)},"x"x`],
    ['blanks between quotes and text', (i) => `${order(i)},"x"${' '.repeat(60)}x`],
    ['a quote in 20,000 lines', (i) => `${order(i)},${i % 20_000 === 0 ? '"' : ''}x`],
    ['an open quote and 1 MiB without any', (i) => (i % 30_000 === 9 ? '"x' : `${order(i)},x`)],
  ])(
    '%s',
    async (_what, line) => {
      await expectLinearTime(lines(line), 20_000, { most: MOST_IN_TESTS });
    },
    LIMIT_MS,
  );
});
