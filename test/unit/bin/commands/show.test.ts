import { mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../../../bin/cli.ts';
import { ordersCsv } from '../../../support/batch-runs.ts';
import { runCliHere } from '../../../support/run-cli.ts';

const MANY = 3_000;

let dir: string;
let lake: string;
/** Its table `orders` has two files, one a day; the second one is gone. */
let brokenLake: string;
let manyLake: string;

async function lakeOf(name: string, lines: readonly string[]): Promise<string> {
  const landing = join(dir, `landing-${name}`);
  mkdirSync(join(landing, 'orders'), { recursive: true });
  writeFileSync(join(landing, 'orders', 'a.csv'), ordersCsv(lines));
  const made = join(dir, name);
  await runCliHere(['batch', '--landing', landing, '--lake', made]);
  return made;
}

const filesOf = async (of: string, table: string) =>
  (await runCliHere(['show', table, '--lake', of, '--files'])).out.trimEnd().split('\n');

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tandem-show-'));
  lake = await lakeOf('lake', [
    'o1,c1,p1,2026-01-01 10:00:00,2,9.99,completed',
    '"o2,""x""",c2,p2,2026-01-01 11:00:00,1,100.00,done',
    'o3,c1,p1,2026-01-02 10:00:00,1,9.50,pending',
    ',c1,p1,2026-01-02 10:00:00,x,9.50,pending',
  ]);
  brokenLake = await lakeOf('broken', [
    'o1,c1,p1,2026-01-01 10:00:00,2,9.99,completed',
    'o2,c1,p1,2026-01-02 10:00:00,2,9.99,completed',
  ]);
  unlinkSync((await filesOf(brokenLake, 'orders'))[1]);
  const many = Array.from({ length: MANY }, (_, i) => {
    return `o${i},c1,p${i % 7},2026-01-01 10:00:00,1,1.00,completed`;
  });
  manyLake = await lakeOf('many', many);
});
afterAll(() => rmSync(dir, { recursive: true }));

const show = (...args: string[]) => runCliHere(['show', ...args, '--lake', lake]);
const usage = async (...args: string[]) => {
  const { exitCode, err } = await show(...args);
  return [exitCode, err];
};

describe('formats', () => {
  it('are the same rows as a table, as CSV, as JSON and as lines of JSON', async () => {
    const columns = ['--columns', 'order_id,total_amount,customer_name'];

    expect((await show('orders', ...columns)).out).toBe(
      [
        'order_id  total_amount  customer_name',
        '────────  ────────────  ─────────────',
        'o1               19.98  ∅',
        'o2,"x"          100.00  ∅',
        'o3                9.50  ∅',
        '',
        '3 rows',
        '',
      ].join('\n'),
    );
    expect((await show('orders', ...columns, '--format', 'csv')).out).toBe(
      'order_id,total_amount,customer_name\no1,19.98,\n"o2,""x""",100.00,\no3,9.50,\n',
    );
    const json = { order_id: 'o1', total_amount: '19.98', customer_name: null };
    const { out } = await show('orders', ...columns, '--format', 'ndjson');
    expect(JSON.parse(out.split('\n')[0])).toEqual(json);
    expect(out.split('\n')).toHaveLength(4);
    for (const flags of [['--json'], ['--format', 'json'], ['--json', '--format', 'json']]) {
      const object = JSON.parse((await show('orders', ...columns, ...flags)).out);
      expect([object.table, object.rows[0], object.rows.length]).toEqual(['orders', json, 3]);
    }
  });

  it('tell null from text without a character in CSV', async () => {
    const args = ['--columns', 'order_id,raw,issues', '--format', 'csv'];
    expect((await show('quarantine', ...args)).out).toBe(
      'order_id,raw,issues\n' +
        '"",",c1,p1,2026-01-02 10:00:00,x,9.50,pending","order_id_missing,quantity_not_integer"\n',
    );
  });

  it('have all rows but for a table, which has 20', async () => {
    const many = async (...args: string[]) =>
      (await runCliHere(['show', 'orders', '--lake', manyLake, ...args])).out;

    expect((await many('--format', 'csv')).split('\n')).toHaveLength(MANY + 2);
    expect((await many('--format', 'ndjson')).split('\n')).toHaveLength(MANY + 1);
    expect(JSON.parse(await many('--json')).rows).toHaveLength(MANY);
    expect(await many()).toContain('\n20 of 3,000 rows\n');
    expect((await many('--limit', '3000')).split('\n')).toHaveLength(MANY + 5);
  });

  it('are never mixed', async () => {
    expect(await usage('orders', '--json', '--format', 'csv')).toEqual([
      2,
      'tandem: --json cannot be combined with --format csv; leave out one of them (usage)\n',
    ]);
  });
});

describe('rows', () => {
  it.each([
    [['order_id=o1'], ['o1']],
    [
      ['order_id=o1', 'order_id=o3'],
      ['o1', 'o3'],
    ],
    [['customer_id=c1', 'order_date=2026-01-02'], ['o3']],
    [['price=9.5'], ['o3']],
    [['quantity=2', 'price=9.990'], ['o1']],
    [['order_timestamp=2026-01-01T12:00:00+02:00'], ['o1']],
    [['customer_name='], ['o1', 'o2,"x"', 'o3']],
    [['order_id=o2,"x"'], ['o2,"x"']],
    [['order_id=none'], []],
  ])('are those with the values %j', async (where, ids) => {
    const { out } = await show('orders', '--where', ...where, '--json');
    const { rows } = JSON.parse(out);
    expect(rows.map((row: { order_id: string }) => row.order_id)).toEqual(ids);

    const count = await show('orders', '--where', ...where, '--count');
    expect(count.out).toBe(`${ids.length}\n`);
  });

  it('say of how many they are', async () => {
    const text = async (...args: string[]) => (await show('orders', ...args)).out;

    expect(await text('--where', 'customer_id=c1')).toContain('\n2 of 3 rows match\n');
    expect(await text('--where', 'customer_id=c1', '--limit', '1')).toContain(
      '\n1 of 3 rows match; there may be more: raise --limit\n',
    );
  });

  it('are counted by the manifest, whose files nobody reads', async () => {
    const { exitCode, out } = await runCliHere(['show', 'orders', '--lake', brokenLake, '--count']);
    expect([exitCode, out]).toEqual([0, '2\n']);
    const { out: json } = await show('orders', '--count', '--json');
    expect(JSON.parse(json)).toEqual({ table: 'orders', count: 3 });
  });

  it('of another partition are not read', async () => {
    const args = ['show', 'orders', '--lake', brokenLake, '--where', 'order_date=2026-01-01'];
    expect((await runCliHere([...args, '--count'])).out).toBe('1\n');
  });

  it.each([
    [['--where', 'order=o1'], '--where: no column order (Did you mean order_id?)'],
    [['--where', 'o1'], '--where o1: write COLUMN=VALUE, such as status=pending'],
    [['--where', 'quantity=two'], '--where quantity=two: quantity takes a whole number'],
    [['--where', 'price=1.234'], '--where price=1.234: price takes a decimal such as 12.50'],
    [['--where', 'order_date=1.1.2026'], 'order_date takes a day such as 2026-01-31'],
    [['--where', 'order_timestamp=now'], 'takes an instant such as 2026-01-31T12:00:00Z'],
    [['--columns', 'order_id,prize'], '--columns: no column prize (Did you mean price?)'],
    [['--columns', 'order_id,order_id'], '--columns names order_id twice'],
    [['--count', '--limit', '5'], "'--count' cannot be used with option '--limit <n>'"],
    [['--files', '--count'], "'--files' cannot be used with option '--count'"],
  ])('are refused when asked for by %j', async (args, message) => {
    const [exitCode, err] = await usage('orders', ...args);
    expect(exitCode).toBe(2);
    expect(err).toContain(message);
  });
});

describe('a terminal', () => {
  const onTerminal = async (columns: number, ...args: string[]) =>
    (await runCliHere(['show', ...args], undefined, undefined, columns)).out;

  it.each([10, 40, 80, 132, 400])('of %i columns gets no longer line', async (columns) => {
    const out = await onTerminal(columns, 'quarantine', '--lake', lake);
    const rows = out.split('\n\n')[0].split('\n');
    expect(rows).toHaveLength(3);
    expect(Math.max(...rows.map((line) => [...line].length))).toBeLessThanOrEqual(columns);
  });

  it('cuts text, never numbers and times, and says which columns are left out', async () => {
    expect(await onTerminal(80, 'orders', '--lake', lake, '--limit', '1')).toMatchInlineSnapshot(`
      "order_id  customer_id  product_id  order_timestamp           quantity  price
      ────────  ───────────  ──────────  ───────────────           ────────  ─────
      o1        c1           p1          2026-01-01T10:00:00.000Z         2   9.99

      1 of 3 rows
      6 of 21 columns fit on this terminal; to see the others: --columns status,…, or --format csv
      "
    `);
    expect(await onTerminal(30, 'quarantine', '--columns', 'raw', '--lake', lake)).toBe(
      ['raw', '───', ',c1,p1,2026-01-02 10:00:00,x,…', '', '1 row', ''].join('\n'),
    );
  });

  it('shows characters that act as escapes in CSV, too, and a file has them as they are', async () => {
    const acting = await lakeOf('acting', ['o\u202e1\u001b,c,p,2026-01-01 10:00:00,1,1,done']);
    const args = ['orders', '--columns', 'order_id', '--format', 'csv', '--lake', acting];

    expect(await onTerminal(80, ...args)).toBe('order_id\no\\u202e1\\x1b\n');
    expect((await runCliHere(['show', ...args])).out).toBe('order_id\no\u202e1\u001b\n');
  });
});

describe('a file that cannot be read', () => {
  it('leaves JSON valid, with the rows before and the error', async () => {
    const { exitCode, out, err } = await runCliHere([
      ...['show', 'orders', '--lake', brokenLake, '--json'],
    ]);

    const { table, rows, error } = JSON.parse(out);
    expect([exitCode, table, rows.length]).toEqual([1, 'orders', 1]);
    expect(error.code).toBe('file_missing');
    expect(err).toBe(`tandem: ${error.message} (file_missing)\n`);
    expect(error.message).toMatch(
      /^tables\/batch\/orders\/.*[.]parquet is missing; npx tandem verify/,
    );
  });

  it.each([
    ['csv', 2],
    ['ndjson', 1],
  ])('ends %s after the rows before', async (format, lines) => {
    const args = ['show', 'orders', '--lake', brokenLake, '--format', format];
    const { exitCode, out, err } = await runCliHere(args);
    expect([exitCode, out.split('\n').length - 1]).toEqual([1, lines]);
    expect(err).toContain('is missing');
  });
});

describe('whoever reads', () => {
  it('may go away at any time', async () => {
    let written = 0;
    let isOutClosed = false;
    const io = {
      get isOutClosed() {
        return isOutClosed;
      },
      outColumns: null,
      isErrTerminal: false,
      errColumns: 80,
      ask: null,
      writeOut: async (text: string) => {
        written += text.length;
        isOutClosed = true;
      },
      writeErr: () => expect.unreachable(),
      drawErr: () => expect.unreachable(),
    };
    const args = ['show', 'orders', '--lake', manyLake, '--limit', '3000'];

    expect(await runCli(args, io, new AbortController().signal)).toBe(0);
    expect(written).toBeLessThan(200_000);
  });

  it('may stop it at any time, and has valid JSON', async () => {
    const controller = new AbortController();
    let out = '';
    const io = {
      isOutClosed: false,
      outColumns: null,
      isErrTerminal: false,
      errColumns: 80,
      ask: null,
      writeOut: async (text: string) => {
        out += text;
        controller.abort();
      },
      writeErr: () => {},
      drawErr: () => {},
    };
    const args = ['show', 'orders', '--lake', manyLake, '--json'];

    expect(await runCli(args, io, controller.signal)).toBe(130);
    const { rows, error } = JSON.parse(out);
    expect(error.code).toBe('interrupted');
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.length).toBeLessThan(MANY);
  });
});
