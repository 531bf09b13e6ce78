import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { DifferenceRow } from '../../../../lambdas/reconcile/model/difference.ts';
import { SortedRows } from '../../../../lambdas/reconcile/report/sorted-rows.ts';
import { MemoryObjectStore } from '../../../support/memory/memory-object-store.ts';
import { seed } from '../../../support/seed.ts';

const rowOf = (classIndex: number, rank: number): DifferenceRow => ({
  classIndex,
  orderId: null,
  record: null,
  cell: {
    table: 'daily_revenue',
    order: rank,
    text: `${rank}`,
    batch: { orders: 1, cents: 12n },
    stream: null,
    explained: null,
  },
});

const keyOf = ({ classIndex, cell }: DifferenceRow) => classIndex * 1_000 + (cell?.order ?? 0);

it('gives all rows in order, however small its runs and blocks', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat({ max: 7 }), fc.nat({ max: 999 })), { maxLength: 60 }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 5 }),
      async (pairs, runRows, blockRows) => {
        const lake = new MemoryObjectStore();
        const sorted = new SortedRows(lake, 'work/x/', { runRows, blockRows });
        for (const [classIndex, rank] of pairs) await sorted.add([rowOf(classIndex, rank)]);
        const found: number[] = [];
        for await (const row of sorted.inOrder()) found.push(keyOf(row));

        const expected = pairs.map(([classIndex, rank]) => classIndex * 1_000 + rank);
        expect(found).toEqual(expected.sort((a, b) => a - b));
        expect(sorted.size).toBe(pairs.length);
      },
    ),
    { seed },
  );
});
