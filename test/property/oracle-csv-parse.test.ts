import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { csvRecords, fieldText } from '../support/oracle/csv.ts';
import { seed } from '../support/seed.ts';

/** A third opinion on files in which every quote stands where RFC 4180 has it. */
it('reads well-formed CSV as csv-parse does, and as it was written', () => {
  const cell = fc.oneof(
    fc.constantFrom('', 'a', 'o1', ' b ', 'é', '😀', '"', 'a,b', 'x\ny', 'x\r\ny', '""', '\t'),
    fc.string({ unit: 'grapheme', maxLength: 5 }),
  );
  const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 8 });
  fc.assert(
    fc.property(rows, fc.constantFrom('\n', '\r\n'), fc.boolean(), (table, lineEnd, hasMark) => {
      const quoted = (text: string) =>
        /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
      const lines = table.map((row) => `${row.map(quoted).join(',')}${lineEnd}`);
      const file = Buffer.from(`${hasMark ? '\ufeff' : ''}${lines.join('')}`);

      const ours = csvRecords(file).map((record) =>
        record.fields.map((_, index) => fieldText(record, index)),
      );

      expect(ours).toEqual(table);
      expect(ours).toEqual(
        parse(file, { bom: true, relax_column_count: true, record_delimiter: ['\n', '\r\n'] }),
      );
    }),
    { seed, numRuns: 500 },
  );
});
