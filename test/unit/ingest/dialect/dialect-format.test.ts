import { describe, expect, it } from 'vitest';
import { csvLayout } from '../../../../lambdas/shared/ingest/csv-layout.ts';
import { CsvRecordEnd } from '../../../../lambdas/shared/ingest/csv-record.ts';
import { dialectFormat } from '../../../../lambdas/shared/ingest/dialect/dialect-format.ts';
import { DEFAULT_DIALECT } from '../../../../lambdas/shared/model/config-dialect.ts';
import type { Dialect } from '../../../../lambdas/shared/model/config-input.ts';
import { readCsv } from '../../../support/read-csv.ts';

const MIB = 1024 * 1024;

async function read(text: string | Uint8Array, keys: Partial<Dialect>, fields = ['a', 'b']) {
  const dialect = {
    ...DEFAULT_DIALECT,
    header: false,
    delimiter: ',',
    columns: ['a', 'b'],
    ...keys,
  };
  const wanted = { fields, required: [] };
  return await readCsv(Buffer.from(text), { wanted, dialect, pieces: [700_000] });
}

describe('dialectFormat', () => {
  it('takes the kernel for what that reads', () => {
    const format = dialectFormat(csvLayout([0]), { ...DEFAULT_DIALECT, delimiter: ';' });

    expect(format.createRecordEnd()).toBeInstanceOf(CsvRecordEnd);
  });

  it('ends a record with too few fields in missing ones, where the dialect says so', async () => {
    const padded = await read('1\n2,\n3,4,5\n', { padRows: true });

    expect(padded.records.map(({ issue, values }) => issue ?? values)).toEqual([
      ['1', null],
      ['2', ''],
      'wrong_field_count',
    ]);
    const strict = await read('1\n2,3\n', { commentChar: '#' });
    expect(strict.records.map(({ issue }) => issue)).toEqual(['wrong_field_count', null]);
  });

  it('fills the slots of eight more columns', async () => {
    const names = Array.from({ length: 15 }, (_, index) => `c${index}`);
    const record = names.toReversed().join(',');

    for (const keys of [{}, { commentChar: '#' }]) {
      const { records } = await read(record, { columns: names.toReversed(), ...keys }, names);
      expect(records.map(({ values }) => values)).toEqual([names]);
    }
  });

  it('passes over comments, and says nothing of what they hold', async () => {
    const long = `#${'"'.repeat(5 * MIB)}\n`;
    const bad = Buffer.from('#\xff\n', 'latin1');
    const text = Buffer.concat([Buffer.from(`1,2\n${long}3,4\n`), bad, Buffer.from('5,6\n#7,8')]);

    const { records, strayQuotes } = await read(text, { commentChar: '#' });

    expect(records.map(({ values }) => values.join())).toEqual(['1,2', '3,4', '5,6']);
    expect(records.map(({ offset }) => offset)).toEqual([0, 4 + long.length, 11 + long.length]);
    expect(strayQuotes).toBe(0);
  });

  it('gives the issues of a record in the order of the contract', async () => {
    const fit = `"${'x'.repeat(MIB - 4)}",`;
    const text = Buffer.concat([
      Buffer.from(`${fit}1\n${fit}12\n${'\\\n'.repeat(1.2 * MIB)},"\n`),
      Buffer.from('\xff,1,2\n\xff,1\n1,2,3\n1,\xe2\x82\xac\n', 'latin1'),
    ]);

    const { records } = await read(text, { escapeChar: '\\' });

    expect(records.map(({ issue }) => issue)).toEqual([
      null,
      'record_too_long',
      'record_too_long',
      'invalid_utf8',
      'invalid_utf8',
      'wrong_field_count',
      null,
    ]);
    expect(records.at(-1)?.values).toEqual(['1', '€']);
  });

  it('counts records that begin a field with a stray quote', async () => {
    const { strayQuotes } = await read("'1,'2\n3,'4'\n'5,6\n7',8'\n'9", { quoteChar: "'" });

    expect(strayQuotes).toBe(2);
  });

  it('hands out records when the room for their values is full', async () => {
    const value = '\\x'.repeat(300_000);
    const text = `${value},1\n`.repeat(3);

    const { records } = await read(text, { escapeChar: '\\' });

    const plain = 'x'.repeat(300_000);
    expect(records).toHaveLength(3);
    expect(records.every(({ values }) => values[0] === plain && values[1] === '1')).toBe(true);
  });
});
