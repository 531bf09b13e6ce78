import { describe, expect, it } from 'vitest';
import {
  type ColumnDraft,
  INT32,
  numbered,
  required,
  STRING,
} from '../../../lambdas/shared/model/column.ts';
import { type Door, tablesOf } from '../../../lambdas/shared/model/tables.ts';

const draft = (name: string, since?: number): ColumnDraft => ({
  ...required(name, STRING, name),
  ...(since === undefined ? {} : { since }),
});

const idsOf = (drafts: readonly ColumnDraft[]) =>
  numbered(drafts).map(({ name, fieldId }) => `${name} ${fieldId}`);

describe('field ids', () => {
  it('count from 1 in the order of the columns', () => {
    expect(idsOf([draft('a'), draft('b'), draft('c')])).toEqual(['a 1', 'b 2', 'c 3']);
    expect(numbered([])).toEqual([]);
  });

  it('of later generations follow those of earlier ones, wherever the columns are', () => {
    const drafts = [draft('d', 3), draft('a'), draft('c', 2), draft('b', 1), draft('e', 3)];

    expect(idsOf(drafts)).toEqual(['d 4', 'a 1', 'c 3', 'b 2', 'e 5']);
  });

  it('stay what they were when a column comes between others', () => {
    const before = [draft('a'), draft('b'), draft('c', 2)];
    const after = [draft('new', 3), draft('a'), draft('other', 3), draft('b'), draft('c', 2)];

    const kept = idsOf(after).filter((column) => idsOf(before).includes(column));

    expect(kept).toEqual(idsOf(before));
    expect(idsOf(after)).toContain('new 4');
    expect(idsOf(after)).toContain('other 5');
  });

  it('are all that is added to a column', () => {
    const [column] = numbered([{ ...required('n', INT32, 'a number'), since: 1 }]);

    expect(column).toEqual({
      ...{ name: 'n', type: INT32, isNullable: false, fieldId: 1 },
      description: 'a number',
    });
  });
});

/** Id and name of each column. An id that was published once belongs to its column for ever. */
const ORDER =
  '1 order_id, 2 customer_id, 3 product_id, 4 order_timestamp, 5 quantity, 6 price, 7 status, ' +
  '8 order_date, 9 order_day_of_week, 10 hour_of_day, 11 total_amount';
const JOINED =
  '12 customer_name, 13 customer_email, 14 customer_segment, 15 registration_date, ' +
  '16 product_name, 17 category, 18 brand, 19 list_price';
const RAW =
  '1 issues, 2 raw, 3 order_id, 4 customer_id, 5 product_id, 6 order_timestamp, 7 quantity, ' +
  '8 price, 9 status';
const REVENUE = {
  daily_revenue: '1 order_date, 2 total_orders, 3 total_revenue',
  hourly_revenue: '1 hour_of_day, 2 total_orders, 3 total_revenue',
  product_revenue: '1 product_id, 2 total_orders, 3 total_revenue',
  top_products: '1 rank, 2 product_id, 3 product_name, 4 category, 5 total_orders, 6 total_revenue',
  window_revenue: '1 window_start, 2 window_end, 3 product_id, 4 orders_count, 5 total_revenue',
};
const IDS: Readonly<Record<Door, Readonly<Record<string, string>>>> = {
  batch: {
    orders: `${ORDER}, ${JOINED}, 20 source, 21 source_offset`,
    cancelled: `${ORDER}, 12 source, 13 source_offset`,
    duplicates: `${ORDER}, 12 source, 13 source_offset, 14 kept_source, 15 kept_source_offset`,
    quarantine: `${RAW}, 10 source, 11 source_offset`,
    ...REVENUE,
  },
  stream: {
    orders: `${ORDER}, ${JOINED}, 20 source, 21 sequence_number`,
    cancelled: `${ORDER}, 12 source, 13 sequence_number`,
    duplicates: `${ORDER}, 12 source, 13 sequence_number`,
    late: `${ORDER}, 12 watermark, 13 source, 14 sequence_number`,
    quarantine: `${RAW}, 10 source, 11 sequence_number`,
    ...REVENUE,
  },
};

it.each<Door>(['batch', 'stream'])('no column of the %s door changes its id', (door) => {
  const found = tablesOf(door).map(({ name, columns }) => [
    name,
    columns.map((column) => `${column.fieldId} ${column.name}`).join(', '),
  ]);

  expect(Object.fromEntries(found)).toEqual(IDS[door]);
});
