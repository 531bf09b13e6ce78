import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitDialect } from '../../lambdas/shared/ingest/dialect/dialect-record.ts';
import {
  dialectRules,
  isKernelDialect,
} from '../../lambdas/shared/ingest/dialect/dialect-rules.ts';
import { DEFAULT_DIALECT } from '../../lambdas/shared/model/config-dialect.ts';
import type { Dialect } from '../../lambdas/shared/model/config-input.ts';
import { delimitedText } from '../support/csv-text.ts';
import { ownForm, SLOW_DIALECTS, writtenFiles } from '../support/dialect-csv.ts';
import { type ReadRecord, readCsv } from '../support/read-csv.ts';
import { LIMIT_MS, runs } from '../support/runs.ts';
import { seed } from '../support/seed.ts';

const WANTED = { fields: ['a', 'b', 'c'], required: [] };
const pieceSizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 });
const cutOffsets = fc
  .array(fc.nat(150), { maxLength: 3 })
  .map((cuts) => cuts.sort((a, b) => a - b));

describe('values in any dialect', () => {
  it(
    'are those that were written, and those of the own form, whatever the windows and the chunks',
    async () => {
      await fc.assert(
        fc.asyncProperty(writtenFiles, pieceSizes, cutOffsets, async (file, pieces, cuts) => {
          const { bytes, dialect, values } = file;
          const own = { wanted: WANTED, dialect: DEFAULT_DIALECT, pieces: [1_000] };

          const { records, strayQuotes } = await readCsv(bytes, {
            wanted: WANTED,
            dialect,
            pieces,
            cuts,
          });

          expect(records.map(({ issue }) => issue)).toEqual(values.map(() => null));
          expect(strayQuotes).toBe(0);
          expect(records.map((record) => record.values)).toEqual(values);
          const fromOwn = (await readCsv(ownForm(values), own)).records;
          expect(records.map((record) => record.values.map((value) => value ?? ''))).toEqual(
            fromOwn.map((record) => record.values),
          );
        }),
        { seed, ...runs(2_000) },
      );
    },
    LIMIT_MS,
  );
});

/** Text of no dialect in particular, with what dialects look at. */
const wildText = fc
  .array(
    fc.constantFrom(
      ...[',', ',', '"', '"', "'", '\\', '\\', '\\"', '""', '\n', '\n', '\r\n', '\r', ' ', '\t'],
      ...['#', '\n#', ', "', '",', '"\n', 'x', 'a,b,c\n', '\\\n', '\\\r\n', '\\N', '€'],
    ),
    { maxLength: 40 },
  )
  .map((parts) => Buffer.from(parts.join('')));
const wildDialects: fc.Arbitrary<Dialect> = fc.record({
  ...Object.fromEntries(
    Object.entries(DEFAULT_DIALECT).map(([key, kept]) => [key, fc.constant(kept)]),
  ),
  delimiter: fc.constant(','),
  header: fc.constant(false),
  quoteChar: fc.constantFrom('"', '"', "'", null),
  doubleQuote: fc.boolean(),
  escapeChar: fc.constantFrom(null, '\\', '"'),
  commentChar: fc.constantFrom(null, '#'),
  skipInitialSpace: fc.boolean(),
  padRows: fc.boolean(),
}) as fc.Arbitrary<Dialect>;

describe('text that may be of another dialect', () => {
  it(
    'gives the same records whatever the windows and the chunks, with values as they are split',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          wildText,
          wildDialects,
          pieceSizes,
          cutOffsets,
          async (text, dialect, pieces, cuts) => {
            const file = Buffer.concat([Buffer.from('a,b,c\n'), text]);
            const reading = { wanted: WANTED, dialect };

            const whole = await readCsv(file, { ...reading, pieces: [1_000] });

            expect(await readCsv(file, { ...reading, pieces, cuts })).toEqual(whole);
            for (const { text: record, issue, values } of whole.records) {
              const fields = fieldsOf(Buffer.from(record), dialect);
              const missing = dialect.padRows ? Array<null>(3).fill(null) : [];
              const isFit = fields.length === 3 || (dialect.padRows && fields.length < 3);
              expect(issue).toBe(isFit ? null : 'wrong_field_count');
              if (isFit) expect(values).toEqual([...fields, ...missing].slice(0, 3));
            }
          },
        ),
        { seed, ...runs(2_000) },
      );
    },
    LIMIT_MS,
  );
});

function fieldsOf(record: Uint8Array, dialect: Dialect): string[] {
  const bytes = new Uint8Array(record.length * 2);
  bytes.set(record);
  const fields: string[] = [];
  const { length } = record;
  const layout = { delimiter: 0x2c };
  splitDialect(bytes, 0, length, length, layout, dialect, (_column, start, end) => {
    fields.push(Buffer.from(bytes.subarray(start, end)).toString());
  });
  return fields;
}

describe('what the kernel reads', () => {
  const apostrophes = (text: string) =>
    text.replaceAll(/["']/g, (quote) => (quote === '"' ? "'" : '"'));
  const swappedRecord = (record: ReadRecord) => ({
    ...record,
    text: apostrophes(record.text),
    values: record.values.map((value) => (value === null ? null : apostrophes(value))),
  });

  it(
    'is read in the same way by the scanner for dialects',
    async () => {
      const plans = fc.record({
        text: delimitedText,
        slow: fc.constantFrom(...SLOW_DIALECTS),
        pieces: pieceSizes,
      });
      await fc.assert(
        fc.asyncProperty(plans, async ({ text: { text, delimiter }, slow, pieces }) => {
          const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].join(delimiter);
          const file = Buffer.concat([Buffer.from(`${names}\n`), text]);
          const wanted = { fields: ['a', 'b', 'c', 'd', 'e', 'f', 'g'], required: [] };
          expect(isKernelDialect(DEFAULT_DIALECT)).toBe(true);
          expect(isKernelDialect(slow)).toBe(false);

          const own = await readCsv(file, { wanted, dialect: DEFAULT_DIALECT, pieces });
          const same = await readCsv(file, { wanted, dialect: slow, pieces });

          expect(same).toEqual(own);
          const quoted = { ...DEFAULT_DIALECT, quoteChar: "'" };
          const other = Buffer.from(apostrophes(file.toString('latin1')), 'latin1');
          const swapped = await readCsv(other, { wanted, dialect: quoted, pieces });
          expect({ ...swapped, records: swapped.records.map(swappedRecord) }).toEqual(own);
        }),
        { seed, ...runs(1_000) },
      );
    },
    LIMIT_MS,
  );

  it.each<[string, Partial<Dialect>]>([
    ['another delimiter', { delimiter: ';' }],
    ['a header elsewhere', { header: false, columns: ['a'], skipRows: 3 }],
    ['a quote that escapes itself', { escapeChar: '"', doubleQuote: false }],
  ])('is also CSV with %s', (_what, dialect) => {
    expect(isKernelDialect({ ...DEFAULT_DIALECT, ...dialect })).toBe(true);
    expect(dialectRules({ ...DEFAULT_DIALECT, ...dialect })).toEqual(dialectRules(DEFAULT_DIALECT));
  });
});
