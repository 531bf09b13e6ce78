import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { HEADER, ordersCsv } from '../../../support/batch-runs.ts';
import { checkJson, europeanLine, linesOf, useCheckFolder } from '../../../support/check-folder.ts';
import { runCliHere } from '../../../support/run-cli.ts';
import { orderLine } from '../../../support/small-landing.ts';

const folder = useCheckFolder();
const run = (...args: string[]) => runCliHere(['check', ...args]);

describe('check of a landing folder', () => {
  it('reports what a run would do, with lines, marked values and keys that help', async () => {
    folder.put(
      'landing/orders/a.csv',
      `${ordersCsv([orderLine('o1'), europeanLine('o2'), europeanLine('o3')])}`,
    );
    folder.put('landing/orders/b.csv', 'Order;Amount\n1;2\n');
    const { exitCode, out, err } = await run('--landing', folder.landing, '--examples', '1');

    expect([exitCode, err]).toEqual([0, '']);
    expect(out.replaceAll(folder.root, 'ROOT')).toMatchInlineSnapshot(`
      "file          read as      mapping   records  quarantined
      ────          ───────      ───────   ───────  ───────────
      orders/a.csv  CSV , utf-8  –               3            2
      orders/b.csv  CSV ; utf-8  –        rejected

      3 records: 1 active, 0 cancelled, 2 quarantined (66.67 %), 0 duplicate
      revenue of active orders: 3.00

      rejected: orders/b.csv: column_missing: order_id, customer_id, product_id, order_timestamp, quantity, price, status; the file has the columns Order, Amount; rename the columns, perhaps Order to order_id
        → map its columns: npx tandem init --from ROOT/landing/orders/b.csv writes the entry of input

      order_timestamp_invalid: 2 records
        orders/a.csv:3  o2,c1,p1,>>15.01.2026 09:05<<,2,"1.234,50",paid
        → 15.01.2026 09:05 is 2026-01-15; times without a zone are UTC unless timeZone says another
          fields: {order_timestamp: {format: [auto, "%d.%m.%Y %H:%M"]}}

      price_not_decimal: 2 records
        orders/a.csv:3  o2,c1,p1,15.01.2026 09:05,2,">>1.234,50<<",paid
        → 1.234,50 is 1234.50; the other values of the column have to fit it too, so check again
          fields: {price: {decimalChar: ",", groupChar: "."}}

      status_unknown: 2 records
        orders/a.csv:3  o2,c1,p1,15.01.2026 09:05,2,"1.234,50",>>paid<<
        → paid (2); check these guesses, or set rules.statuses for all files
          fields: {status: {values: {paid: completed}}}

      keys are those of an entry of input in the config (docs/contract.md, 1.3)
      a run would publish this, 2 of 3 records in quarantine
      "
    `);
  });

  it('prints one object with --json', async () => {
    folder.put('landing/orders/a.csv', ordersCsv([orderLine('o1'), europeanLine('o2')]));
    const { exitCode, result } = await checkJson('--landing', folder.landing);
    const offset = HEADER.length + 1 + orderLine('o1').length + 1;
    const example = { source: 'orders/a.csv', line: 3, offset, raw: europeanLine('o2') };

    expect(exitCode).toBe(0);
    expect(result).toMatchObject({
      files: [
        {
          key: 'orders/a.csv',
          ...{ kind: 'csv', delimiter: ',', encoding: 'utf-8', compression: null, mapping: null },
          columns: HEADER.split(','),
          ...{ records: 2, quarantined: 1 },
        },
      ],
      file_count: 1,
      counts: { read: 2, active: 1, cancelled: 0, quarantined: 1, duplicate: 0, late: 0 },
      revenue: '3.00',
      warnings: [],
      rejected_files: [],
      would_publish: true,
      why: null,
    });
    expect(result.issues).toEqual([
      {
        code: 'order_timestamp_invalid',
        count: 1,
        examples: [{ ...example, field: 'order_timestamp', value: '15.01.2026 09:05' }],
        suggestion: {
          text: expect.stringContaining('15.01.2026 09:05 is 2026-01-15'),
          config: 'fields: {order_timestamp: {format: [auto, "%d.%m.%Y %H:%M"]}}',
        },
      },
      expect.objectContaining({
        code: 'price_not_decimal',
        examples: [{ ...example, field: 'price', value: '1.234,50' }],
      }),
      expect.objectContaining({ code: 'status_unknown', count: 1 }),
    ]);
  });

  it('counts the lines of what was unpacked and decoded, those in quotes too', async () => {
    const text = ordersCsv(['"o\n1",c,p,x,1,1,done', '', '"o\r\n2",c,p,x,1,1,done', 'o3']);
    folder.put('landing/orders/a.gz', gzipSync(text));
    folder.put('landing/orders/b.txt', Buffer.from(`\ufeff${text}`, 'utf16le'));
    folder.put('landing/orders/c.csv', text);
    folder.put('landing/orders/d', '\ufeff{"order_id":"1"}\n\n{"order_id":"2"}\n{');
    const { result } = await checkJson('--landing', folder.landing, '--examples', '9');
    const places = result.issues.flatMap((issue: { readonly code: string; examples: [] }) =>
      issue.examples.map(({ source, line }) => `${issue.code} ${source}:${line}`),
    );

    for (const name of ['a.gz', 'b.txt', 'c.csv']) {
      const found = places.filter((place: string) => place.includes(` orders/${name}:`));
      expect(found).toEqual([
        `order_timestamp_invalid orders/${name}:2`,
        `order_timestamp_invalid orders/${name}:5`,
        `wrong_field_count orders/${name}:7`,
      ]);
    }
    expect(places).toContain('invalid_json orders/d:4');
    expect(places).toContain('customer_id_missing orders/d:3');
  });

  it('takes the first examples in order of records', async () => {
    folder.put('landing/orders/b.csv', ordersCsv(linesOf(40, europeanLine)));
    folder.put('landing/orders/a.csv', ordersCsv(linesOf(40, europeanLine)));
    const { result } = await checkJson('--landing', folder.landing, '--examples', '42');
    const { count, examples } = result.issues[0];
    const places = examples.map((example: { source: string; line: number }) => {
      return `${example.source}:${example.line}`;
    });
    expect(count).toBe(80);
    expect(places).toEqual([
      ...Array.from({ length: 40 }, (_, index) => `orders/a.csv:${index + 2}`),
      ...['orders/b.csv:2', 'orders/b.csv:3'],
    ]);
  });

  it('writes nothing to the landing folder', async () => {
    folder.put('landing/orders/a.csv', ordersCsv([orderLine('o1')]));
    const before = readdirSync(folder.root, { recursive: true });
    expect((await run('--landing', folder.landing)).exitCode).toBe(0);
    expect(readdirSync(folder.root, { recursive: true })).toEqual(before);
  });
});

describe('check of files', () => {
  it('reads these only, wherever they are, by the mapping that fits their key', async () => {
    folder.put('landing/orders/other.csv', 'not read');
    folder.put('landing/products/p.csv', 'product_id\np1\n');
    const file = folder.put('exports/a.csv', ordersCsv([orderLine('o1')]));
    const config = folder.configFile('input: [{match: orders/a.csv}]');
    const { result } = await checkJson(file, '--config', config);

    expect(result.files).toMatchObject([{ key: 'orders/a.csv', mapping: 'orders/a.csv' }]);
    expect([result.counts.read, result.joins.products_missed]).toEqual([1, 1]);
    const joined = await checkJson(file, '--landing', folder.landing);
    expect(joined.result.joins.products_missed).toBe(0);
  });

  it('fails where there is no such file', async () => {
    const { exitCode, err } = await run(join(folder.root, 'none.csv'));
    expect([exitCode, err]).toEqual([
      1,
      `tandem: no file ${join(folder.root, 'none.csv')} (file_not_found)\n`,
    ]);
  });
});

describe('lines of one order', () => {
  it('get order and line as key', async () => {
    const own = `${HEADER},Line\n`;
    const line = (product: string, n: number) =>
      `o1,c1,${product},2026-01-05T00:00:00,1,2.00,done,${n}\n`;
    folder.put('landing/orders/a.csv', own + line('p1', 1) + line('p2', 2));
    const { result } = await checkJson('--landing', folder.landing);
    expect(result.warnings).toMatchObject([
      {
        code: 'duplicates_differ',
        suggestion: { config: 'fields: {order_id: {from: [order_id, Line], join: "-"}}' },
      },
    ]);
  });
});

describe('on a terminal', () => {
  it('underlines values, and nothing in them acts', async () => {
    const line = 'o1,c1,p1,2026-01-05T00:00:00,1,\x1b[31mred,done';
    folder.put('landing/orders/a.csv', ordersCsv([line, orderLine('o2')]));
    const args = ['check', '--landing', folder.landing];
    const { out } = await runCliHere(args, undefined, undefined, 60);

    expect(out).toContain('\x1b[4m\\x1b[31mred\x1b[24m');
    expect(out.replaceAll('\x1b[4m', '').replaceAll('\x1b[24m', '')).not.toContain('\x1b');
    const shown = out.split('\n').find((text) => text.startsWith('  orders/a.csv:2'));
    // The underline itself takes no columns.
    expect(shown?.length).toBeLessThanOrEqual(60 + '\x1b[4m\x1b[24m'.length);
  });
});

describe('ctrl-C', () => {
  it('ends a check with 130', async () => {
    folder.put('landing/orders/a.csv', ordersCsv(linesOf(50, europeanLine)));
    const controller = new AbortController();
    setImmediate(() => controller.abort());
    const { exitCode, out } = await runCliHere(
      ['check', '--landing', folder.landing],
      controller.signal,
    );
    expect([exitCode, out]).toEqual([130, '']);
  });
});
