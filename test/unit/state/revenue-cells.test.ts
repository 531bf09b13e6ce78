import { expect, it } from 'vitest';
import {
  numberedCells,
  revenueByNumber,
  WindowCellList,
} from '../../../lambdas/shared/state/revenue-cells.ts';

/** Beyond the integers that a JSON number holds everywhere. */
const LARGE = 2n ** 53n + 1n;

it('sums by number become cells in the order of numbers, and come back', () => {
  const sums = new Map([
    [10, { orders: 1, cents: LARGE }],
    [9, { orders: 2, cents: -5n }],
    [-1, { orders: 3, cents: 0n }],
  ]);
  const cells = [
    [-1, 3, '0'],
    [9, 2, '-5'],
    [10, 1, '9007199254740993'],
  ] as const;

  expect(numberedCells(sums)).toEqual(cells);
  expect(revenueByNumber(cells)).toEqual(sums);
  expect([numberedCells(new Map()), revenueByNumber([])]).toEqual([[], new Map()]);
});

it('cells of a window stand together', () => {
  const list = new WindowCellList();
  list.add(0, ['a', 1, '1']);
  list.add(0, ['b', 2, '2']);
  list.add(60_000, ['a', 3, '3']);

  expect(list.cells).toEqual([
    {
      start_ms: 0,
      products: [
        ['a', 1, '1'],
        ['b', 2, '2'],
      ],
    },
    { start_ms: 60_000, products: [['a', 3, '3']] },
  ]);
});
