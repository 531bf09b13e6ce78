import { describe, expect, it } from 'vitest';
import { HEADER, ordersCsv, type RunOptions, runOver } from '../../support/batch-runs.ts';
import { MemoryObjectStore } from '../../support/memory/memory-object-store.ts';
import { VirtualClock } from '../../support/memory/virtual-clock.ts';

/** 2026-01-20T12:00:00Z */
const RUN_STARTS_MS = Date.UTC(2026, 0, 20, 12);

type Landing = Readonly<Record<string, string>>;

async function warningsOf(landing: Landing, options: RunOptions = {}) {
  const clock = new VirtualClock(RUN_STARTS_MS);
  const { manifest } = await runOver(Object.entries(landing), { clock, ...options });
  return manifest.warnings;
}

/** The codes with their counts. */
async function countsOf(landing: Landing, options: RunOptions = {}) {
  const warnings = await warningsOf(landing, options);
  return Object.fromEntries(warnings.map(({ code, count }) => [code, count]));
}

const line = (id: string, values: Partial<Record<string, string>> = {}) => {
  const { customer = 'c1', product = 'p1', time = '2026-01-15 10:00:00', ...rest } = values;
  const { quantity = '1', price = '10.00', status = 'completed' } = rest;
  return [id, customer, product, time, quantity, price, status].join(',');
};

it('has no warning where there is nothing to warn of', async () => {
  const landing = { 'orders/a.csv': ordersCsv([line('o1'), line('o1'), line('o2')]) };

  expect(await warningsOf(landing)).toEqual([]);
});

describe('duplicates_differ', () => {
  it('names the fields, and lines of one order', async () => {
    const lines = [line('A1'), line('A1', { product: 'p2' }), line('A1', { product: 'p3' })];

    expect(await warningsOf({ 'orders/a.csv': ordersCsv(lines) })).toEqual([
      {
        code: 'duplicates_differ',
        count: 2,
        example: 'order_id A1 in orders/a.csv at byte 117 (orders/a.csv at byte 70 counts)',
        hint:
          'they differ in product_id (2); 2 look like lines of one order (same order_id, different ' +
          'product): give each line its own order_id',
      },
    ]);
  });

  it.each([
    ['a later state', 'o1', { status: 'cancelled', price: '9.00' }, 'a later state of the order'],
    ['other quantity', 'o1', { quantity: '2' }, 'a later state of the order'],
    ['another time', 'o1', { time: '2026-01-15 10:00:30' }, 'the same order sent again'],
    ['another customer', 'o1', { customer: 'c2' }, 'an order_id that was given to several'],
    ['a spoiled id', '4.00638E+12', { customer: 'c2', product: 'p2' }, 'ids that a spreadsheet'],
    ['a spoiled id', '"4,1e+9"', { customer: 'c2' }, 'ids that a spreadsheet changed'],
    ['no spoiled id', 'SALE+12', { product: 'p2' }, 'lines of one order'],
  ])('says what it looks like: %s', async (_name, id, change, look) => {
    const files = { 'orders/a.csv': ordersCsv([line(id), line(id, change)]) };
    const [{ code, hint }] = await warningsOf(files);

    expect(code).toBe('duplicates_differ');
    expect(hint).toContain(`; 1 looks like ${look}`);
  });

  it('compares values as the rules read them', async () => {
    const same = line('o1', { price: '010', status: 'DONE', time: '2026-01-15T10:00:00.0000Z' });

    expect(await countsOf({ 'orders/a.csv': ordersCsv([line('o1'), same]) })).toEqual({});
  });

  it('compares with the record that counts, over files and waves', async () => {
    const landing = {
      'orders/a.csv': ordersCsv([line('o1'), line('o2')]),
      'orders/b.csv': ordersCsv([line('o1', { price: '9' }), line('o2')]),
      'orders/c.csv': ordersCsv([line('o1', { price: '9' }), line('o2', { price: '9' })]),
    };

    expect(await countsOf(landing)).toEqual({ duplicates_differ: 3 });
    const last = { rules: { keep: 'last' } };
    expect(await countsOf(landing, { config: last })).toEqual({ duplicates_differ: 3 });
  });
});

describe('last_line_cut', () => {
  const PRICE_LAST = 'order_id,customer_id,product_id,order_timestamp,quantity,status,price';
  const TIME_LAST = 'order_id,customer_id,product_id,quantity,price,status,order_timestamp';
  const priced = (...prices: string[]) =>
    [
      PRICE_LAST,
      ...prices.map((price, i) => `o${i},c1,p1,2026-01-15 10:00:00,1,done,${price}`),
    ].join('\n');
  const timed = (...times: string[]) =>
    [TIME_LAST, ...times.map((time, i) => `o${i},c1,p1,1,5.00,done,${time}`)].join('\n');
  const many = Array.from({ length: 100 }, () => '25');

  it.each([
    ['a price without its cents', priced('1999.95', '19')],
    ['a price that is cut in its cents', priced('1999.95', '5.00', '1.9')],
    ['no price at all', priced('1999.95', '')],
    ['fewer fields than the header', `${HEADER}\n${line('o1')}\no2,c1,p1`],
    ['a single record with fewer fields', `${HEADER}\no2,c1,p1`],
    ['the beginning of a status', `${HEADER}\n${line('o1')}\n${line('o2', { status: 'comp' })}`],
    [
      'no status where all others have one',
      `${HEADER}\n${line('o1')}\n${line('o2', { status: '' })}`,
    ],
    ['a time without seconds', timed('2026-01-15 10:00:00', '2026-01-15 10:01')],
    ['a shorter number after a hundred longer ones', priced(...many, '2')],
  ])('finds %s', async (_name, text) => {
    const warnings = await warningsOf(
      { 'orders/a.csv': text },
      { config: { batch: { maxQuarantined: 1 } } },
    );
    const offset = text.lastIndexOf('\n') + 1;

    expect(warnings.map(({ code, count, example }) => [code, count, example])).toEqual([
      ['last_line_cut', 1, `orders/a.csv at byte ${offset}`],
    ]);
  });

  it.each([
    ['a line end', `${priced('1999.95', '19')}\n`],
    ['CR and LF', `${priced('1999.95', '19')}\r\n`],
    ['the cheapest order at its end', priced('1999.95', '100.00', '5.00')],
    ['a few numbers of all lengths', priced('100', '25', '5')],
    ['prices of all forms', priced('1999.95', '7', '5')],
    ['one record', priced('19')],
    ['a short status', `${HEADER}\n${line('o1')}\n${line('o2', { status: 'done' })}`],
    ['a status that nobody knows', `${HEADER}\n${line('o1')}\n${line('o2', { status: 'x' })}`],
    [
      'a status of its own in most lines',
      [HEADER, ...['a', 'b', 'c'].map((id) => line(id, { status: 'comp' }))].join('\n'),
    ],
    ['more fields than the header', `${HEADER}\n${line('o1')}\n${line('o2')},more`],
    ['lines that are all too short', `${HEADER}\no1,c1\no2,c1\no3,c1`],
    [
      'times of all forms',
      timed('2026-01-15 10:00:00.5', '2026-01-15 10:00:00', '2026-01-15 10:01'),
    ],
  ])('is quiet about a whole file with %s', async (_name, text) => {
    expect(await countsOf({ 'orders/a.csv': text })).toEqual({});
  });
});

describe('join_misses', () => {
  const orders = { 'orders/a.csv': ordersCsv([line('o1'), line('o2', { customer: 'c2.0' })]) };
  const customers = {
    'customers/c.csv':
      'customer_id,customer_name,customer_email,customer_segment,registration_date\nc1,A,,,\n',
  };

  it('counts active rows without customer where there are customers', async () => {
    const [warning, ...rest] = await warningsOf({ ...orders, ...customers });

    expect(rest).toEqual([]);
    expect(warning).toEqual({
      code: 'join_misses',
      count: 1,
      example: 'customer_id c2.0 in orders/a.csv at byte 117',
      hint:
        '1 without customer, 2 without product: their joined columns are null; compare the ' +
        'spelling of the ids on both sides',
    });
  });

  it('is quiet where there are neither customers nor products; the manifest counts all', async () => {
    const { manifest } = await runOver(Object.entries(orders), {
      clock: new VirtualClock(RUN_STARTS_MS),
    });

    expect(manifest.warnings).toEqual([]);
    expect(manifest.joins).toEqual({ customers_missed: 2, products_missed: 2 });
  });

  it('counts a row once that misses both', async () => {
    const products = { 'products/p.csv': 'product_id,product_name,category,brand,list_price\n' };

    expect(await countsOf({ ...orders, ...customers, ...products })).toEqual({ join_misses: 2 });
  });

  it('leaves cancelled rows out, which are not joined', async () => {
    const cancelled = {
      'orders/a.csv': ordersCsv([line('o1', { customer: 'x', status: 'cancel' })]),
    };

    expect(await countsOf({ ...cancelled, ...customers })).toEqual({});
  });
});

describe('other warnings', () => {
  it('count rows of dimensions that are skipped, or whose values became null', async () => {
    const products =
      'product_id,product_name,category,brand,list_price\np1,,,,1\n,,,,1\np2,,,,x\np3,,,,2\n';
    const files = { 'orders/a.csv': ordersCsv([line('o1')]), 'products/p.csv': products };

    expect(await warningsOf(files)).toMatchObject([
      { code: 'dimension_issues', count: 2, example: 'products/p.csv at byte 58' },
    ]);
  });

  it('count records more than a day ahead of the run, those that are no duplicates', async () => {
    const ahead = { time: '2026-01-21 12:00:00.001' };
    const lines = [
      line('o1', { time: '2026-01-21 12:00:00' }),
      line('o2', ahead),
      line('o2', ahead),
      line('o3', { ...ahead, status: 'cancelled' }),
      line('o4', { time: '2199-12-31 00:00:00' }),
    ];

    expect(await warningsOf({ 'orders/a.csv': ordersCsv(lines) })).toMatchObject([
      { code: 'future_events', count: 3, example: 'orders/a.csv at byte 117' },
    ]);
  });

  it('count records with a stray quote, and objects whose names are no input', async () => {
    const files = {
      'orders/a.csv': ordersCsv([line('o1'), line('"o2'), line('"o3')]),
      'orders/_SUCCESS': '',
      'products/.tmp/p.csv': 'x',
    };

    expect(await warningsOf(files)).toMatchObject([
      { code: 'files_ignored', count: 2, example: 'orders/_SUCCESS' },
      { code: 'stray_quote', count: 2, example: 'orders/a.csv at byte 117' },
    ]);
  });

  it('find an event that was cut at the end of its file', async () => {
    const event = (id: string) =>
      JSON.stringify({
        order_id: id,
        customer_id: 'c',
        product_id: 'p',
        order_timestamp: '2026-01-15 10:00:00',
        quantity: 1,
        price: '1',
        status: 'done',
      });
    const text = `${event('o1')}\n${event('o2').slice(0, -30)}`;

    expect(await countsOf({ 'orders/a.ndjson': text })).toEqual({ last_line_cut: 1 });
    expect(await countsOf({ 'orders/a.ndjson': `${text}\n` })).toEqual({});
  });

  it('name rejected files, in the order of the codes', async () => {
    const files = {
      'orders/a.csv': ordersCsv([line('o1'), line('o1', { price: '1' })]),
      'orders/b.csv': '',
      'orders/c.csv': 'order_id\n',
    };

    expect(await warningsOf(files)).toMatchObject([
      { code: 'files_rejected', count: 2, example: 'orders/b.csv (empty)' },
      { code: 'duplicates_differ', count: 1 },
    ]);
  });

  it('name files of the run before that are gone, and what they held', async () => {
    const lake = new MemoryObjectStore();
    const a = ordersCsv([line('o1')]);
    const b = ordersCsv([line('o2'), line('o3')]);
    await runOver(Object.entries({ 'orders/a.csv': a, 'orders/b.csv': b }), { lake });

    // A file that is rejected now is there, and so is one with other content.
    const broken = { 'orders/a.csv': b, 'orders/b.csv': '' };
    expect(await countsOf(broken, { lake })).toEqual({ files_rejected: 1 });
    await runOver(Object.entries({ 'orders/a.csv': a, 'orders/b.csv': b }), { lake });
    expect(await warningsOf({ 'orders/a.csv': a }, { lake })).toEqual([
      {
        code: 'files_vanished',
        count: 1,
        example: 'orders/b.csv',
        hint:
          'they held 2 records of the previous run (its revenue: 30.00), which no longer count: ' +
          'a run reads everything in landing, so keep the files there',
      },
    ]);
  });

  it.each([['gone'], ['broken']])(
    'do without a manifest of the run before that is %s',
    async (how) => {
      const lake = new MemoryObjectStore();
      const { manifestKey } = await runOver([['orders/b.csv', ordersCsv([line('o2')])]], { lake });
      if (how === 'gone') await lake.delete([manifestKey]);
      else await lake.put(manifestKey, Buffer.from('{"inputs":['));

      expect(await countsOf({ 'orders/a.csv': ordersCsv([line('o1')]) }, { lake })).toEqual({});
    },
  );
});
