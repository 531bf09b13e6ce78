import { expect, it } from 'vitest';
import { plain, textValues } from '../../../lambdas/shared/bytes/column-data.ts';
import { Dimension } from '../../../lambdas/shared/dimensions/joined-dimension.ts';
import { DenseKeys } from '../../../lambdas/shared/rows/dense-keys.ts';
import {
  densifyDerived,
  joinedColumns,
  orderColumns,
} from '../../../lambdas/shared/rows/order-row-columns.ts';

/** Keys before they are renumbered, with room for one row more. */
function keysOf(keys: readonly number[]): DenseKeys {
  const dense = new DenseKeys(keys.length + 1);
  dense.keys.set([...keys, 999]);
  return dense;
}

function densified(keys: readonly number[], keyCount: number): DenseKeys {
  const dense = keysOf(keys);
  dense.densify(keys.length, keyCount);
  return dense;
}

it('renumbers statuses, days and hours of the rows there are', () => {
  const [status, day, hour] = [keysOf([3, 0, 3]), keysOf([9, 84_005, 20_454]), keysOf([23, 0, 23])];

  densifyDerived({ status, day, hour }, 3);

  const found = [status, day, hour].map(({ keys, used }) => [[...keys], [...used]]);
  expect(found).toEqual([
    [
      [0, 1, 0, 999],
      [3, 0],
    ],
    [
      [0, 1, 2, 999],
      [9, 84_005, 20_454],
    ],
    [
      [0, 1, 0, 999],
      [23, 0],
    ],
  ]);
});

it('renumbers where all rows are of the first status, day and hour', () => {
  const [status, day, hour] = [keysOf([0, 0]), keysOf([0, 0]), keysOf([0, 0])];

  densifyDerived({ status, day, hour }, 2);

  expect([status, day, hour].map(({ used }) => [...used])).toEqual([[0], [0], [0]]);
  expect([...day.keys]).toEqual([0, 0, 999]);
});

it('gives the columns from order_id to total_amount', () => {
  const customers = textValues(['c1', 'c2', 'c3']);
  const products = textValues(['p1', 'p2']);
  const numbers = {
    ids: textValues(['a', 'b', 'c']),
    timeMs: Float64Array.of(1, 2, 3),
    quantity: Int32Array.of(4, 5, 6),
    priceCents: Float64Array.of(7, 8, 9),
    totalCents: Float64Array.of(28, 40, 54),
  };
  const keys = {
    customer: densified([2, 0, 2], 3),
    product: densified([1, 1, 1], 2),
    status: densified([1, 3, 1], 4),
    // A Thursday, and the Sunday after it.
    day: densified([0, 3, 3], 4),
    hour: densified([23, 5, 5], 24),
  };

  const columns = orderColumns({ ...numbers, ...keys, customers, products });

  const { customer, product, status, day, hour } = keys;
  const keyed = (values: unknown, { keys: rows }: DenseKeys, codes: Int32Array | null) => ({
    ...{ kind: 'keyed', keys: rows, valueOf: codes, values, isInOrderOfUse: true },
    keyCount: new Set(rows.subarray(0, 3)).size,
  });
  const statuses = textValues(['completed', 'cancelled', 'pending', 'processing']);
  const hours = [
    ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    ...[12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23],
  ];
  expect(columns).toEqual([
    plain(numbers.ids),
    keyed(customers, customer, Int32Array.of(2, 0)),
    keyed(products, product, Int32Array.of(1)),
    plain(numbers.timeMs),
    plain(numbers.quantity),
    plain(numbers.priceCents),
    keyed(statuses, status, Int32Array.of(1, 3)),
    keyed(Int32Array.of(0, 3), day, null),
    keyed(Int32Array.of(5, 1), day, null),
    keyed(Int32Array.from(hours), hour, Int32Array.of(23, 5)),
    plain(numbers.totalCents),
  ]);
});

it('joins the columns of a dimension, null where it has no row or no value', () => {
  const names = { values: textValues(['Tea', 'Coffee']), codeOfRow: Int32Array.of(1, 0, -1) };
  const prices = { values: Float64Array.of(250), codeOfRow: Int32Array.of(0, 0, 0) };
  const keys = textValues(['k0', 'k1', 'k2']);
  const dimension = new Dimension({ keys, columns: [names, prices] });
  // Codes 0 to 4 have these rows; code 1 is of no row.
  const rowOf = Int32Array.of(2, -1, 0, 1, 0);
  const dense = densified([3, 1, 0, 2, 3], 5);

  const [name, price, ...others] = joinedColumns(dense, dimension, rowOf);

  expect(others).toEqual([]);
  expect([...dense.keys.subarray(0, 5)]).toEqual([0, 1, 2, 3, 0]);
  expect(name).toMatchObject({ values: names.values, valueOf: Int32Array.of(0, -1, -1, 1) });
  expect(price).toMatchObject({ values: prices.values, valueOf: Int32Array.of(0, -1, 0, 0) });
});
