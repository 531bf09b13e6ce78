import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { OracleFailure, oracleBatch } from '../../support/oracle/batch.ts';

const HEADER = 'order_id,customer_id,product_id,order_timestamp,quantity,price,status\n';

function filesOf(files: Record<string, string | Uint8Array>): Map<string, Uint8Array> {
  return new Map(Object.entries(files).map(([key, content]) => [key, Buffer.from(content)]));
}

function failureOf(files: Record<string, string | Uint8Array>): readonly string[] {
  try {
    oracleBatch({ files: filesOf(files) });
  } catch (error) {
    if (error instanceof OracleFailure) return error.codes;
    throw error;
  }
  return [];
}

/** The derived columns of the order that `A_ROW` is. */
const AN_ORDER = {
  order_id: 'o1',
  customer_id: 'c1',
  product_id: 'p1',
  order_timestamp: '2026-01-05T10:09:59.999Z',
  quantity: 2,
  price: '19.90',
  status: 'completed',
  order_date: '2026-01-05',
  order_day_of_week: 2,
  hour_of_day: 10,
  total_amount: '39.80',
};
const A_ROW = 'o1,c1,p1,2026-01-05 10:09:59.9999,2,19.90,Done\n';

const NO_CUSTOMER = {
  customer_name: null,
  customer_email: null,
  customer_segment: null,
  registration_date: null,
};
const NO_PRODUCT = { product_name: null, category: null, brand: null, list_price: null };

/** Two files with a record of each outcome, and the key of the first one. */
const OUTCOME_FILES = filesOf({
  'orders/b.csv': `${HEADER}o1,c1,p1,2026-01-05T10:00:00Z,1,1.00,done\nbroken\n`,
  'orders/a.csv':
    `\ufeff${HEADER}${A_ROW}\n` +
    'o2,c1,p1,2026-01-05T10:10:00Z,1,0.20,cancelled\n' +
    'o1 ,,p1,2026-01-05T10:10:00Z,1,-1,done\n' +
    ' o2,c2,p2,2026-01-06T00:00:00+00:30,3,0.10,pending\n',
});
const source = 'orders/a.csv';

describe('outcomes', () => {
  it('are one for each record', () => {
    const { counts, issues, revenue, inputs, tables } = oracleBatch({ files: OUTCOME_FILES });

    expect(counts).toEqual({
      read: 6,
      active: 1,
      cancelled: 1,
      quarantined: 2,
      duplicate: 2,
      late: 0,
    });
    expect(issues).toEqual({ customer_id_missing: 1, price_negative: 1, wrong_field_count: 1 });
    expect(revenue).toBe('39.80');
    expect(inputs).toEqual([
      { key: 'orders/a.csv', records: 4 },
      { key: 'orders/b.csv', records: 2 },
    ]);
    expect(tables.orders).toEqual([
      { ...AN_ORDER, ...NO_CUSTOMER, ...NO_PRODUCT, source, source_offset: '73' },
    ]);
    expect(tables.cancelled).toEqual([
      {
        ...AN_ORDER,
        order_id: 'o2',
        order_timestamp: '2026-01-05T10:10:00.000Z',
        quantity: 1,
        price: '0.20',
        status: 'cancelled',
        total_amount: '0.20',
        source,
        source_offset: '121',
      },
    ]);
  });

  it('name the first record of a duplicate, and the issues of a quarantined one', () => {
    const { tables } = oracleBatch({ files: OUTCOME_FILES });

    expect(tables.duplicates).toEqual([
      {
        order_id: 'o2',
        customer_id: 'c2',
        product_id: 'p2',
        order_timestamp: '2026-01-05T23:30:00.000Z',
        quantity: 3,
        price: '0.10',
        status: 'pending',
        order_date: '2026-01-05',
        order_day_of_week: 2,
        hour_of_day: 23,
        total_amount: '0.30',
        source,
        source_offset: '207',
        kept_source: source,
        kept_source_offset: '121',
      },
      {
        ...AN_ORDER,
        order_timestamp: '2026-01-05T10:00:00.000Z',
        quantity: 1,
        price: '1.00',
        total_amount: '1.00',
        source: 'orders/b.csv',
        source_offset: '70',
        kept_source: source,
        kept_source_offset: '73',
      },
    ]);
    expect(tables.quarantine).toEqual([
      {
        issues: 'customer_id_missing,price_negative',
        raw: 'o1 ,,p1,2026-01-05T10:10:00Z,1,-1,done',
        order_id: 'o1 ',
        customer_id: '',
        product_id: 'p1',
        order_timestamp: '2026-01-05T10:10:00Z',
        quantity: '1',
        price: '-1',
        status: 'done',
        source,
        source_offset: '168',
      },
      {
        issues: 'wrong_field_count',
        raw: 'broken',
        order_id: null,
        customer_id: null,
        product_id: null,
        order_timestamp: null,
        quantity: null,
        price: null,
        status: null,
        source: 'orders/b.csv',
        source_offset: '112',
      },
    ]);
  });

  it('of a record that is not counted leave its order id free', () => {
    const files = filesOf({ 'orders/a.csv': `${HEADER}o1,,,,,,\n${A_ROW}` });

    expect(oracleBatch({ files }).counts).toMatchObject({ active: 1, quarantined: 1 });
  });

  it('follow the bytes of keys, not their UTF-16 units', () => {
    const rows = `${HEADER}${A_ROW}`;
    const files = filesOf({ 'orders/😀.csv': rows, 'orders/ｚ.csv': rows, 'orders/Z.csv': rows });

    expect(oracleBatch({ files }).tables.duplicates.map((row) => row.source)).toEqual([
      'orders/ｚ.csv',
      'orders/😀.csv',
    ]);
  });

  it('show 64 KiB of a quarantined record, without a character that is cut', () => {
    const raw = `x${'€'.repeat(30_000)}`;
    const files = filesOf({ 'orders/a.csv': `${HEADER}${raw}\n${A_ROW}` });

    expect(oracleBatch({ files }).tables.quarantine[0].raw).toBe(`x${'€'.repeat(21_845)}`);
  });

  it('show bytes that are not UTF-8 as the WHATWG decoder does', () => {
    const bad = Buffer.concat([Buffer.from(HEADER), Buffer.from('efbbbf61f09f98e282', 'hex')]);

    expect(oracleBatch({ files: filesOf({ 'orders/a.csv': bad }) }).tables.quarantine[0].raw).toBe(
      '\ufeffa\ufffd\ufffd',
    );
  });
});

it('joins the first row of a customer, its values trimmed', () => {
  const columns = 'customer_id,customer_name,customer_email,customer_segment,registration_date\n';
  const files = filesOf({
    'orders/a.csv': HEADER + A_ROW,
    'customers/a.csv': `${columns}" c1\n", Ada ,NULL,"",2020-02-30\nc1,Eve,e@x,vip,\nc2,a\n`,
    'customers/Z.csv.gz': gzipSync(columns),
  });

  const { tables, dimensions } = oracleBatch({ files });

  expect(tables.orders[0]).toMatchObject({ ...NO_CUSTOMER, customer_name: 'Ada' });
  expect(dimensions.customers).toEqual({ rows: 3, dimension_issues: 2, dimension_duplicates: 1 });
});

describe('files', () => {
  it('are rejected one by one', () => {
    const files = filesOf({
      'orders/a.csv': HEADER + A_ROW,
      'orders/b.csv': '',
      'orders/c/d.csv.gz': gzipSync(HEADER).subarray(0, 20),
    });

    expect(oracleBatch({ files }).rejectedFiles).toEqual([
      { key: 'orders/b.csv', reason: 'empty' },
      { key: 'orders/c/d.csv.gz', reason: 'gzip_invalid' },
    ]);
  });

  it('below passed-over folders and names are not read', () => {
    const files = {
      'orders/_old/a.csv': '',
      'orders/.a.csv': '',
      'customers/old/.x/a.csv': '',
      'orders.csv': '',
    };

    expect(failureOf(files)).toEqual(['landing_empty']);
    expect(failureOf({ ...files, 'orders/x/y/a.CSV': HEADER })).toEqual([]);
  });

  it('fail the run where none of the orders, or not all of the dimensions, can be read', () => {
    expect(failureOf({ 'orders/a.csv': 'x' })).toEqual(['all_files_rejected']);
    expect(failureOf({ 'orders/a.csv': HEADER, 'products/a.csv': 'x' })).toEqual([
      'dimension_rejected',
    ]);
    expect(failureOf({ 'customers/a.csv': '' })).toEqual(['landing_empty', 'dimension_rejected']);
  });

  it('without rows are published', () => {
    const { counts, tables, revenue } = oracleBatch({ files: filesOf({ 'orders/a.csv': HEADER }) });

    expect([counts.read, revenue]).toEqual([0, '0.00']);
    expect(Object.values(tables).flat()).toEqual([]);
  });
});
