import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type KeyedColumn, textValues } from '../../../lambdas/shared/bytes/column-data.ts';
import { Dimension } from '../../../lambdas/shared/dimensions/joined-dimension.ts';
import { KernelArena } from '../../../lambdas/shared/kernels/kernel-arena.ts';
import { KernelMemory } from '../../../lambdas/shared/kernels/kernel-memory.ts';
import { CUSTOMER, MAX_QUANTITY, PRODUCT, STATUSES } from '../../../lambdas/shared/model/order.ts';
import { MAX_INSTANT_MS } from '../../../lambdas/shared/model/time.ts';
import { OrderRows } from '../../../lambdas/shared/rows/order-rows.ts';
import { createRowsKernel } from '../../../lambdas/shared/rows/rows-kernel.ts';
import { valuesByName } from '../../support/column-values.ts';
import { A_ROW, blocksSource, oneBlockSource, type SourceRow } from '../../support/row-sources.ts';
import { runs } from '../../support/runs.ts';
import { seed } from '../../support/seed.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const CAPACITY = 64;

const memory = KernelMemory.create();
const arena = new KernelArena(memory);
const rows = new OrderRows(CAPACITY, memory, createRowsKernel(memory));

beforeEach(() => arena.reset());

/** What the table holds of each row, by column. */
function expectedColumns(picked: readonly SourceRow[]) {
  const dayOf = ({ timeMs }: SourceRow) => Math.floor(timeMs / DAY_MS);
  const of = <T>(value: (row: SourceRow) => T) => picked.map(value);
  return {
    order_id: of(({ id }) => id),
    customer_id: of(({ customer }) => customer),
    product_id: of(({ product }) => product),
    order_timestamp: of(({ timeMs }) => timeMs),
    quantity: of(({ quantity }) => quantity),
    price: of(({ priceCents }) => priceCents),
    status: of(({ status }) => STATUSES[status]),
    order_date: of(dayOf),
    order_day_of_week: of(({ timeMs }) => new Date(timeMs).getUTCDay() + 1),
    hour_of_day: of(({ timeMs }) => new Date(timeMs).getUTCHours()),
    total_amount: of(
      ({ quantity, priceCents, remainderCents = 0 }) => quantity * priceCents + remainderCents,
    ),
  };
}

const text = fc.constantFrom('', 'a', 'ab', 'abcdefghijklmno', 'ß€😀', 'x'.repeat(128));
/** On both sides of every width in which a block may hold a number. */
const upTo = (max: number) => {
  const edges = [0, 0xff, 0x100, 0xffff, 0x1_0000, 0xffff_ffff, 0x1_0000_0000, max];
  return fc.oneof(fc.nat(max), fc.constantFrom(...edges.filter((edge) => edge <= max)));
};
const anyRow: fc.Arbitrary<SourceRow> = fc.record({
  id: text,
  customer: text,
  product: fc.oneof(
    text,
    fc.nat(300).map((number) => `p${number}`),
  ),
  timeMs: fc.oneof(upTo(1_000), upTo(MAX_INSTANT_MS), fc.nat(3 * DAY_MS)),
  quantity: upTo(MAX_QUANTITY),
  priceCents: upTo(9_999_999_999),
  // Of few rows, so that most blocks have none.
  remainderCents: fc.oneof(
    { weight: 30, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constantFrom(-50_000, -1, 1, 50_000) },
  ),
  status: fc.nat(STATUSES.length - 1),
});

describe('rows of a table', () => {
  it('are always those that are picked, from a block or from many', () => {
    const anyBlocks = fc.array(fc.array(anyRow, { maxLength: 16 }), { maxLength: 4 });
    fc.assert(
      fc.property(anyBlocks, fc.func(fc.boolean()), (blocks, isPicked) => {
        arena.reset();
        const all = blocks.flat();
        const numbers = Uint32Array.from(all.keys()).filter((row) => isPicked(row));
        const expected = expectedColumns([...numbers].map((row) => all[row]));

        for (const source of [oneBlockSource(all, arena), blocksSource(blocks, arena)]) {
          rows.pick(source, numbers);

          expect(rows.rowCount).toBe(numbers.length);
          expect(valuesByName(rows.columns(source), numbers.length)).toEqual(expected);
        }
      }),
      { seed, ...runs(200) },
    );
  });

  it('have the day and the hour of their time, in any order', () => {
    const hours = [
      ...[0, 1 - 1 / HOUR_MS, 1, 24 - 1 / HOUR_MS, 24, 24 - 1 / HOUR_MS, 30, 29.5, 30.5],
      ...[(MAX_INSTANT_MS + 1) / HOUR_MS - 1 / HOUR_MS, 47, 1.5, 29, 5.5, 29, 24.5],
    ];
    const times = hours.map((hour) => ({ ...A_ROW, timeMs: Math.round(hour * HOUR_MS) }));
    const source = oneBlockSource(times, arena);

    rows.pick(source, Uint32Array.from(times.keys()));

    const { order_date: days, hour_of_day: hoursOfDay } = valuesByName(
      rows.columns(source),
      times.length,
    );
    expect(days).toEqual([0, 0, 0, 0, 1, 0, 1, 1, 1, 84_005, 1, 0, 1, 0, 1, 1]);
    expect(hoursOfDay).toEqual([0, 0, 1, 23, 0, 23, 6, 5, 6, 23, 23, 1, 5, 5, 5, 0]);
  });

  it('may be in any order within a block', () => {
    const ids = ['first', 'second', 'third'].map((id) => ({ ...A_ROW, id }));
    const source = oneBlockSource(ids, arena);

    rows.pick(source, Uint32Array.of(2, 0, 1));

    expect(valuesByName(rows.columns(source), 3).order_id).toEqual(['third', 'first', 'second']);
  });

  it('are as many as there is room for, with ids of 128 bytes', () => {
    const long = Array.from({ length: CAPACITY }, (_, row) => ({
      ...A_ROW,
      id: `${row}`.padStart(128, 'x'),
    }));
    const source = oneBlockSource(long, arena);

    rows.pick(source, Uint32Array.from(long.keys()));

    const { order_id: ids } = valuesByName(rows.columns(source), CAPACITY);
    expect(ids).toEqual(long.map(({ id }) => id));
  });

  it('hold nothing of the rows before them', () => {
    const before = Array.from({ length: 9 }, (_, row) => ({
      ...A_ROW,
      ...{ customer: `c${row}`, timeMs: row * DAY_MS, status: row % 4 },
    }));
    const beforeSource = oneBlockSource(before, arena);
    rows.pick(beforeSource, Uint32Array.from(before.keys()));
    const source = oneBlockSource([A_ROW, { ...A_ROW, customer: 'c8' }], arena);

    rows.pick(source, Uint32Array.of(0, 1));

    const columns = rows.columns(source);
    expect(valuesByName(columns, 2)).toEqual(
      expectedColumns([A_ROW, { ...A_ROW, customer: 'c8' }]),
    );
    const keyCounts = ['customer_id', 'status', 'order_date'].map(
      (name) => (columns[name] as KeyedColumn).keyCount,
    );
    expect(keyCounts).toEqual([2, 1, 1]);
  });
});

describe('the numbers of picked rows', () => {
  it('are where they were, if the kernels reach them there', () => {
    const source = oneBlockSource([A_ROW, A_ROW, A_ROW], arena);
    const at = arena.take(8);
    memory.uint32s(at, 2).set([0, 2]);

    expect(rows.pick(source, memory.uint32s(at, 2))).toBe(at);
  });

  it('are copied where the kernels reach them, if they do not', () => {
    const source = oneBlockSource([A_ROW, A_ROW, A_ROW], arena);

    const at = rows.pick(source, Uint32Array.of(1, 2));

    expect([...memory.uint32s(at, 2)]).toEqual([1, 2]);
  });
});

describe('keys of the columns', () => {
  it('are numbered in the order of their first row, and shared by columns that depend on them', () => {
    const customers = ['c3', 'c1', 'c3', 'c2'];
    const source = oneBlockSource(
      customers.map((customer, row) => ({ ...A_ROW, customer, timeMs: (row % 2) * DAY_MS })),
      arena,
    );

    rows.pick(source, Uint32Array.of(1, 2, 3));

    const columns = rows.columns(source) as Record<string, KeyedColumn>;
    expect([...columns.customer_id.keys.subarray(0, 3)]).toEqual([0, 1, 2]);
    expect([...rows.customer.used]).toEqual([1, 0, 2]);
    expect(columns.customer_id.keys).toBe(rows.customer.keys);
    expect(columns.product_id.keys).toBe(rows.product.keys);
    expect(columns.hour_of_day.keys).toBe(rows.hour.keys);
    expect(columns.order_day_of_week.keys).toBe(columns.order_date.keys);
    const keyed = Object.values(columns).filter(({ kind }) => kind === 'keyed');
    expect(keyed.map(({ isInOrderOfUse }) => isInOrderOfUse)).toEqual(new Array(6).fill(true));
  });
});

describe('joined columns', () => {
  const customers = new Dimension({
    keys: textValues(['k0', 'k1', 'k2']),
    columns: [
      {
        name: 'customer_name',
        values: textValues(['Tea', 'Coffee']),
        codeOfRow: Int32Array.of(1, 0, -1),
      },
    ],
  });
  const products = new Dimension({
    keys: textValues(['p0', 'p1']),
    columns: [
      { name: 'brand', values: textValues(['Alder']), codeOfRow: Int32Array.of(0, 0) },
      { name: 'list_price', values: Float64Array.of(250), codeOfRow: Int32Array.of(-1, 0) },
    ],
  });

  it('are null where the dimension has no row or no value', () => {
    const pairs = [
      ['k1', 'p1'],
      ['unknown', 'p0'],
      ['k2', 'p1'],
      ['k0', 'unknown'],
      ['k1', 'p0'],
    ];
    const source = oneBlockSource(
      pairs.map(([customer, product]) => ({ ...A_ROW, customer, product })),
      arena,
    );
    rows.pick(source, Uint32Array.of(0, 1, 2, 3, 4));

    const joined = rows.joinedColumns({
      ...{ customers, customerRow: customers.rowsOf(source.dictionaries[CUSTOMER]) },
      ...{ products, productRow: products.rowsOf(source.dictionaries[PRODUCT]) },
    });

    expect(valuesByName(joined, 5)).toEqual({
      customer_name: ['Tea', null, null, 'Coffee', 'Tea'],
      brand: ['Alder', 'Alder', 'Alder', null, 'Alder'],
      list_price: [250, null, 250, null, null],
    });
    const keysOf = (name: string) => (joined[name] as KeyedColumn).keys;
    expect(keysOf('customer_name')).toBe(rows.customer.keys);
    expect([keysOf('brand'), keysOf('list_price')]).toEqual([rows.product.keys, rows.product.keys]);
  });
});
