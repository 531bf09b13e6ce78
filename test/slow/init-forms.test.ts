import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { configOf } from '../../bin/options/config-file.ts';
import { FileObjectStore } from '../../lambdas/shared/adapters/local/file-object-store.ts';
import { lookAtFiles, proposeConfig, questionsOf } from '../../lib/embedded/init/propose-config.ts';
import { runs } from '../support/runs.ts';
import { seed } from '../support/seed.ts';

/** Orders written in some form are detected back: the config says how they were written. */

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'tandem-init-forms-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

const HEADERS = [
  ['Order No', 'Customer', 'SKU', 'Order Date', 'Qty', 'Unit Price', 'State'],
  ['Bestellnummer', 'Kunde', 'Artikel', 'Bestelldatum', 'Menge', 'Einzelpreis', 'Status'],
  ['InvoiceNo', 'CustomerID', 'StockCode', 'InvoiceDate', 'Quantity', 'UnitPrice', 'status'],
];

const TIMES = {
  '%d.%m.%Y %H:%M': (day: string, month: string) => `${day}.${month}.2026 09:05`,
  '%m/%d/%Y %H:%M': (day: string, month: string) => `${month}/${day}/2026 09:05`,
  '%d/%m/%y': (day: string, month: string) => `${day}/${month}/26`,
  '%Y-%m-%d': (day: string, month: string) => `2026-${month}-${day}`,
};

const NUMBERS = {
  'decimal ,': { decimalChar: ',', groupChar: null },
  'group . decimal ,': { decimalChar: ',', groupChar: '.' },
  'group , decimal .': { decimalChar: '.', groupChar: ',' },
};

const two = (value: number) => String(value).padStart(2, '0');

const form = fc.record({
  header: fc.constantFrom(...HEADERS),
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  time: fc.constantFrom(...(Object.keys(TIMES) as (keyof typeof TIMES)[])),
  number: fc.constantFrom(...(Object.keys(NUMBERS) as (keyof typeof NUMBERS)[])),
  linesAbove: fc.integer({ min: 0, max: 3 }),
  lineEnd: fc.constantFrom('\n', '\r\n'),
  rows: fc.array(
    fc.record({
      day: fc.integer({ min: 1, max: 28 }),
      month: fc.integer({ min: 1, max: 12 }),
      cents: fc.integer({ min: 0, max: 99_999 }),
      quantity: fc.integer({ min: 1, max: 99 }),
      product: fc.constantFrom('p1', 'p2', 'a; b', 'a, b', 'say "x"'),
    }),
    { minLength: 3, maxLength: 30 },
  ),
});

type Form = typeof form extends fc.Arbitrary<infer T> ? T : never;

function csvOf({ header, delimiter, time, number, linesAbove, lineEnd, rows }: Form): string {
  const { decimalChar, groupChar } = NUMBERS[number];
  const quoted = (field: string) =>
    field.includes(delimiter) || field.includes('"') ? `"${field.replaceAll('"', '""')}"` : field;
  // A day above 12 and a price with group and cents: without them nobody could tell.
  const telling = { day: 28, month: 3, cents: 99, quantity: 1, product: 'p1' };
  const records = [telling, ...rows].map(({ day, month, cents, quantity, product }, at) => [
    `A${at}`,
    `c${at % 3}`,
    product,
    TIMES[time](two(day), two(month)),
    String(quantity),
    `1${groupChar ?? ''}234${decimalChar}${two(cents % 100)}`,
    'paid',
  ]);
  const lines = [header, ...records].map((fields) => fields.map(quoted).join(delimiter));
  const above = Array.from({ length: linesAbove }, (_, at) => `Orders of page ${at}`);
  return [...above, ...lines, ''].join(lineEnd);
}

it('detects back the form in which orders were written', async () => {
  const files = { store: new FileObjectStore(dir), key: 'a.csv', landingKey: null };
  const options = { signal: new AbortController().signal, onBytes: () => undefined };
  await fc.assert(
    fc.asyncProperty(form, async (written) => {
      writeFileSync(join(dir, 'a.csv'), csvOf(written));

      const looked = await lookAtFiles([{ ...files, name: 'a.csv' }], options);
      const answers = { dateOrder: null, timeZone: null };
      const { block, groups } = proposeConfig(looked, answers, {});

      const [{ dialect, fields }] = (await configOf(block, 'config')).input;
      const { header, delimiter, time, number, linesAbove, rows } = written;
      expect(questionsOf(looked, {}).dateOrder).toBeNull();
      expect(groups[0]).toMatchObject({ records: rows.length + 1, open: [], lost: 0 });
      expect([delimiter, null]).toContain(dialect.delimiter);
      expect(dialect.skipRows).toBe(linesAbove);
      expect(fields.order_timestamp).toMatchObject({ from: [header[3]], format: [time] });
      expect(fields.price).toMatchObject({ from: [header[5]], ...NUMBERS[number] });
      expect([fields.order_id?.from, fields.product_id?.from]).toEqual([[header[0]], [header[2]]]);
      expect(fields.status?.values).toEqual({ paid: 'completed' });
    }),
    { seed, ...runs(100) },
  );
});
