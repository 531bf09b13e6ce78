import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeSumLists } from '../../../../lambdas/batch/exchange/sum-list.ts';
import { mergeAggregates } from '../../../../lambdas/batch/merge-aggregates/merge-aggregates.ts';
import { SumMerger } from '../../../../lambdas/batch/merge-aggregates/sum-merger.ts';
import { writeSummaryTables } from '../../../../lambdas/batch/publish-run/summary-tables.ts';
import type { BucketResult } from '../../../../lambdas/batch/run/bucket-result.ts';
import { ByteDictionary } from '../../../../lambdas/shared/bytes/byte-dictionary.ts';
import { Dimension } from '../../../../lambdas/shared/dimensions/joined-dimension.ts';
import { CARRY_CENTS } from '../../../../lambdas/shared/revenue/cent-sums.ts';
import { WindowSums } from '../../../../lambdas/shared/revenue/window-sums.ts';
import { configOf } from '../../../support/batch-runs.ts';
import { placed } from '../../../support/bytes-of.ts';
import { MemoryObjectStore } from '../../../support/memory/memory-object-store.ts';
import { runs } from '../../../support/runs.ts';
import { seed } from '../../../support/seed.ts';

interface Sale {
  readonly window: number;
  readonly product: string;
  readonly cents: number;
  /** Added to the sum on top: how often 2^50 cents. */
  readonly carries?: number;
}

/** A run of these sales, with products numbered in an order of its own. */
function runOf(sales: readonly Sale[], isInRange = (_product: string) => true): Uint8Array {
  const products = new ByteDictionary();
  const codes = sales.map(({ product }) => {
    const { view, start, end } = placed(product);
    return products.codeOf(view, start, end);
  });
  const names = [...new Set(sales.map(({ product }) => product))];
  const sums = new WindowSums(Math.max(1, products.size));
  sales.forEach(({ window, cents }, index) => {
    sums.add(window, codes[index], cents);
  });
  sales.forEach(({ carries = 0 }, index) => {
    if (carries > 0) sums.sums.addParts(index, 0, 0, carries);
  });
  const bytewise = (a: number, b: number) =>
    Buffer.compare(Buffer.from(names[a]), Buffer.from(names[b]));
  const productOfRank = Uint32Array.from(names.keys()).sort(bytewise);
  const rankOfProduct = new Uint32Array(names.length);
  productOfRank.forEach((product, rank) => {
    rankOfProduct[product] = rank;
  });
  const ranks = { productOfRank, rankOfProduct };
  const allocate = (sizeBytes: number) => new Uint8Array(sizeBytes);
  const ranges = { count: 2, of: (product: number) => (isInRange(names[product]) ? 0 : 1) };
  const sorted = sums.sorted(ranks);
  const { block, ends } = encodeSumLists(sums.sums, sorted, products, ranges, ranks, allocate);
  return block.subarray(0, ends[0]);
}

function merged(sales: readonly Uint8Array[]) {
  const merger = new SumMerger(sales);
  const { dictionary, codeOfRank } = merger.products;
  const cell = { windowNumber: 0, productRank: 0, count: 0, low: 0, carries: 0 };
  const cells: [number, string, number, bigint][] = [];
  while (merger.next(cell)) {
    const code = codeOfRank[cell.productRank];
    const { heap, offsets } = dictionary;
    const product = Buffer.from(heap.subarray(offsets[code], offsets[code + 1])).toString();
    const cents = BigInt(cell.carries) * BigInt(CARRY_CENTS) + BigInt(cell.low);
    cells.push([cell.windowNumber, product, cell.count, cents]);
  }
  return cells;
}

const sale = fc.record({
  window: fc.oneof(fc.nat(4), fc.constant(12_096_863)),
  product: fc.constantFrom('p1', 'p10', 'p2', 'P1', 'ß', 'ｚ', '😀', '\ufeffp1', 'a,b'),
  cents: fc.integer({ min: 0, max: 100_000_000_000 }),
});

describe('SumMerger', () => {
  it('adds up equal cells of all runs, in order of windows and bytes of products', () => {
    fc.assert(
      fc.property(fc.array(fc.array(sale, { maxLength: 30 }), { maxLength: 6 }), (sales) => {
        const expected = new Map<string, [number, bigint]>();
        for (const { window, product, cents } of sales.flat()) {
          const key = JSON.stringify([window, product]);
          const [count, sum] = expected.get(key) ?? [0, 0n];
          expected.set(key, [count + 1, sum + BigInt(cents)]);
        }

        expect(merged(sales.map((own) => runOf(own)))).toEqual(
          [...expected]
            .map(([key, cell]) => [...(JSON.parse(key) as [number, string]), ...cell] as const)
            .sort((a, b) => a[0] - b[0] || Buffer.compare(Buffer.from(a[1]), Buffer.from(b[1]))),
        );
      }),
      { seed, ...runs(300) },
    );
  });

  it('takes the products of a range alone', () => {
    const sales = ['p1', 'p2', 'p3', 'p4'].map((product, cents) => ({ window: 1, product, cents }));
    const odd = runOf(sales, (product) => product === 'p1' || product === 'p3');
    const none = runOf(sales, () => false);

    expect(merged([odd, none])).toEqual([
      [1, 'p1', 1, 0n],
      [1, 'p3', 1, 2n],
    ]);
  });
});

/** The end of DECIMAL(18,2): 10^18 - 1 = 888 * 2^50 + 200,882,723,749,887 cents. */
const LARGEST = { cents: 200_882_723_749_887, carries: 888 };

const PARQUET = configOf().parquet;
const context = () => ({
  lake: new MemoryObjectStore(),
  runId: '20260101T000000Z-00000000',
  windowLengthMs: 600_000,
  parquet: PARQUET,
});

describe('sums at the end of DECIMAL(18,2)', () => {
  it('are kept to the cent in windows and products', async () => {
    const runsOfSales = [runOf([{ window: 0, product: 'p1', ...LARGEST }])];
    const { top } = await mergeAggregates(0, runsOfSales, context());

    expect(top).toEqual([{ productId: 'p1', orders: 1, cents: 999_999_999_999_999_999n }]);
  });

  it('fail above it with revenue_overflow and the name of the cell', async () => {
    const largest = { window: 0, product: 'p1', ...LARGEST };
    const cent = { window: 0, product: 'p1', cents: 1 };

    await expect(
      mergeAggregates(0, [runOf([largest]), runOf([cent])], context()),
    ).rejects.toMatchObject({
      code: 'revenue_overflow',
      message: expect.stringContaining('window_revenue of p1 in 1970-01-01T00:00:00.000Z'),
    });
    await expect(
      mergeAggregates(0, [runOf([largest]), runOf([{ ...cent, window: 1 }])], context()),
    ).rejects.toMatchObject({
      code: 'revenue_overflow',
      message: expect.stringContaining('product_revenue of p1 is 10000000000000000.00'),
    });
  });

  it('fail where a sum of a product does not even fit 64 bits', async () => {
    const sales = Array.from({ length: 10 }, (_, window) =>
      runOf([{ window, product: 'p1', ...LARGEST }]),
    );

    await expect(mergeAggregates(0, sales, context())).rejects.toMatchObject({
      code: 'revenue_overflow',
    });
  });

  const bucketWith = (cells: readonly [day: number, hour: number, cents: bigint][]) => {
    const byDay = new Map(cells.map(([day, , cents]) => [day, { orders: 1, cents }]));
    const byHour = Array.from({ length: 24 }, (_, hour) => {
      const own = cells.filter((cell) => cell[1] === hour);
      return { orders: own.length, cents: own.reduce((sum, cell) => sum + cell[2], 0n) };
    });
    return { byDay, byHour } as unknown as BucketResult;
  };
  const summary = (buckets: readonly BucketResult[]) => {
    const keys = { heap: new Uint8Array(0), offsets: new Uint32Array(1) };
    const columns = ['product_name', 'category'].map((name) => ({
      ...{ name, values: keys },
      codeOfRow: new Int32Array(0),
    }));
    const products = new Dimension({ keys, columns });
    return writeSummaryTables(buckets, [], { ...context(), products });
  };

  it('are kept in days, hours and the grand total', async () => {
    const { revenueCents } = await summary([
      bucketWith([[20_458, 5, 999_999_999_999_999_998n]]),
      bucketWith([[20_458, 5, 1n]]),
    ]);

    expect(revenueCents).toBe(999_999_999_999_999_999n);
  });

  it('fail in the grand total, even if every day fits', async () => {
    const half = 500_000_000_000_000_000n;
    const buckets = [bucketWith([[20_458, 5, half]]), bucketWith([[20_459, 6, half]])];

    await expect(summary(buckets)).rejects.toMatchObject({
      code: 'revenue_overflow',
      message: expect.stringContaining('10000000000000000.00'),
    });
  });
});
