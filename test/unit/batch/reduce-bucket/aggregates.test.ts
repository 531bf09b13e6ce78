import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { viewSumList } from '../../../../lambdas/batch/exchange/sum-list.ts';
import { BucketAggregates } from '../../../../lambdas/batch/reduce-bucket/aggregates.ts';
import { KernelArena } from '../../../../lambdas/shared/kernels/kernel-arena.ts';
import { KernelMemory } from '../../../../lambdas/shared/kernels/kernel-memory.ts';
import { PRODUCT } from '../../../../lambdas/shared/model/order.ts';
import { OrderRows } from '../../../../lambdas/shared/rows/order-rows.ts';
import type { RowSource } from '../../../../lambdas/shared/rows/row-source.ts';
import { createRowsKernel } from '../../../../lambdas/shared/rows/rows-kernel.ts';
import { A_ROW, oneBlockSource } from '../../../support/row-sources.ts';
import { runs } from '../../../support/runs.ts';
import { seed } from '../../../support/seed.ts';

const CAPACITY = 64;
const DAY_MS = 86_400_000;
const TEN_MINUTES_MS = 600_000;
/** Does not divide a day: one window begins on one day and ends on the next. */
const SEVEN_MINUTES_MS = 420_000;
const PRODUCTS = ['b', 'a', 'ab', 'ß', 'c'];

interface Sale {
  readonly ofDayMs: number;
  readonly product: number;
  readonly cents: number;
}

const memory = KernelMemory.create();
const kernel = createRowsKernel(memory);
const sourceArena = new KernelArena(memory);
const sumArena = new KernelArena(memory);
const picked = new OrderRows(CAPACITY, memory, kernel);

interface DaySales {
  readonly day: number;
  readonly sales: readonly Sale[];
}

/** The rows of all groups, one behind the other. */
function sourceOf(days: readonly DaySales[]): RowSource {
  const rows = days.flatMap(({ day, sales }) =>
    sales.map(({ ofDayMs, product, cents }) => ({
      ...A_ROW,
      timeMs: day * DAY_MS + ofDayMs,
      product: PRODUCTS[product],
      priceCents: cents,
    })),
  );
  sourceArena.reset();
  return oneBlockSource(rows, sourceArena);
}

/** Adds group by group. */
function aggregatesOf(days: readonly DaySales[], lengthMs: number): BucketAggregates {
  const source = sourceOf(days);
  const products = source.dictionaries[PRODUCT];
  const aggregates = new BucketAggregates(lengthMs, products, kernel, sumArena);
  let first = 0;
  for (const { day, sales } of days) {
    picked.pick(
      source,
      Uint32Array.from(sales, (_, index) => first + index),
    );
    aggregates.addDay(day, picked);
    first += sales.length;
  }
  return aggregates;
}

const edges = [0, SEVEN_MINUTES_MS - 1, SEVEN_MINUTES_MS, TEN_MINUTES_MS, DAY_MS - 1];
const sale = fc.record({
  ofDayMs: fc.oneof(fc.constantFrom(...edges), fc.nat(DAY_MS - 1)),
  product: fc.nat(PRODUCTS.length - 1),
  cents: fc.oneof(fc.nat(1_000), fc.integer({ min: 0, max: 100_000_000_000 })),
});
/** Groups of rows of ascending days, several of one day among them. */
const groups = fc.array(
  fc.record({ step: fc.nat(2), sales: fc.array(sale, { minLength: 1, maxLength: CAPACITY }) }),
  { maxLength: 6 },
);

function expectedCells(days: readonly DaySales[], lengthMs: number) {
  const cells = new Map<string, [number, string, number, number]>();
  for (const { day, sales } of days) {
    for (const { ofDayMs, product, cents } of sales) {
      const window = Math.floor((day * DAY_MS + ofDayMs) / lengthMs);
      const name = PRODUCTS[product];
      const [, , count, sum] = cells.get(`${window} ${name}`) ?? [window, name, 0, 0];
      cells.set(`${window} ${name}`, [window, name, count + 1, sum + cents]);
    }
  }
  const bytewise = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  return [...cells.values()].sort((a, b) => a[0] - b[0] || bytewise(a[1], b[1]));
}

describe('BucketAggregates', () => {
  it.each([TEN_MINUTES_MS, SEVEN_MINUTES_MS])(
    'always has one cell per window of %i ms and product, in order',
    async (lengthMs) => {
      await fc.assert(
        fc.asyncProperty(groups, async (drawn) => {
          let day = 20_454;
          const days = drawn.map(({ step, sales }) => {
            day += step;
            return { day, sales };
          });
          const aggregates = aggregatesOf(days, lengthMs);
          let block = new Uint8Array(0);
          await aggregates.writeSums(1, {
            allocate: (sizeBytes) => new Uint8Array(sizeBytes),
            keep: async (bytes) => {
              block = Uint8Array.from(bytes);
            },
          });

          const run = viewSumList(block);
          const cells = Array.from({ length: run.entryCount }, (_, entry) => {
            const at = run.product[entry];
            const name = run.products.subarray(run.productOffsets[at], run.productOffsets[at + 1]);
            return [
              run.windowNumber[entry],
              Buffer.from(name).toString(),
              run.count[entry],
              run.low[entry],
            ];
          });
          expect(cells).toEqual(expectedCells(days, lengthMs));
        }),
        { seed, ...runs(60) },
      );
    },
  );
});
