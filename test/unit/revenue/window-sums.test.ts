import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WindowSums } from '../../../lambdas/shared/revenue/window-sums.ts';
import { runs } from '../../support/runs.ts';
import { seed } from '../../support/seed.ts';

const PRODUCTS = 5;
/** Product 3 comes first, then 0, and so on. */
const productOfRank = Uint32Array.from([3, 0, 4, 1, 2]);
const rankOfProduct = Uint32Array.from([1, 3, 4, 0, 2]);

const addition = fc.record({
  window: fc.oneof(
    fc.nat(5),
    fc.integer({ min: 2_945_000, max: 2_945_100 }),
    fc.nat(7_258_118_399), // The last second of 2199.
  ),
  product: fc.nat(PRODUCTS - 1),
  cents: fc.integer({ min: 0, max: 100_000_000_000 }),
});

describe('WindowSums', () => {
  it('always has one group per window and product, with exact sums, in order', () => {
    fc.assert(
      fc.property(fc.array(addition, { maxLength: 300 }), (additions) => {
        const sums = new WindowSums(PRODUCTS);
        for (const { window, product, cents } of additions) sums.add(window, product, cents);

        const expected = new Map<string, [number, bigint]>();
        for (const { window, product, cents } of additions) {
          const key = JSON.stringify([window, rankOfProduct[product]]);
          const [count, sum] = expected.get(key) ?? [0, 0n];
          expected.set(key, [count + 1, sum + BigInt(cents)]);
        }
        const { windowNumbers, products, groups } = sums.sorted({ rankOfProduct, productOfRank });
        const found = [...groups].map((group, index) => [
          windowNumbers[index],
          rankOfProduct[products[index]],
          sums.sums.counts[group],
          sums.sums.centsAt(group),
        ]);
        expect(found).toEqual(
          [...expected]
            .map(([key, cell]) => [...(JSON.parse(key) as [number, number]), ...cell])
            .sort((a, b) => Number(a[0]) - Number(b[0]) || Number(a[1]) - Number(b[1])),
        );
      }),
      { seed, ...runs(200) },
    );
  });

  it('grows over many groups', () => {
    const sums = new WindowSums(1_000);
    for (let i = 0; i < 60_000; i++) sums.add(Math.floor(i / 3), (i * 7) % 1_000, i);
    for (let i = 0; i < 60_000; i++) sums.add(Math.floor(i / 3), (i * 7) % 1_000, 1);

    const ranks = Uint32Array.from({ length: 1_000 }, (_, product) => product);
    const sorted = sums.sorted({ rankOfProduct: ranks, productOfRank: ranks });
    expect(sums.size).toBe(60_000);
    expect(sorted.windowNumbers[59_999]).toBe(19_999);
    const last = [...sorted.groups].slice(-3).map((group) => sums.sums.centsAt(group));
    expect(last.sort((a, b) => Number(a - b))).toEqual([59_998n, 59_999n, 60_000n]);
  });

  it('tells groups apart whose places in the table are the same, before and after it grows', () => {
    const sums = new WindowSums(4_096);
    for (let window = 0; window < 3_000; window++) sums.add(window, 0, window);
    for (let window = 0; window < 3_000; window++) sums.addParts(window, 0, 2, 5, 1);

    expect(sums.size).toBe(3_000);
    const same = Uint32Array.from({ length: 4_096 }, (_, product) => product);
    const { groups } = sums.sorted({ rankOfProduct: same, productOfRank: same });
    const found = [...groups].map((group) => [sums.sums.counts[group], sums.sums.centsAt(group)]);
    const expected = Array.from({ length: 3_000 }, (_, i) => [3, 2n ** 50n + BigInt(i + 5)]);
    expect(found).toEqual(expected);
  });

  it('has a group of its own for the first window and product, right after it grew', () => {
    const sums = new WindowSums(10_000);
    for (let product = 1; product <= 2_048; product++) sums.add(0, product, product);
    sums.add(0, 0, 7);
    sums.add(0, 9_999, 8);

    expect(sums.size).toBe(2_050);
    expect([0, 2_047, 2_048, 2_049].map((group) => sums.sums.centsAt(group))).toEqual([
      ...[1n, 2_048n, 7n, 8n],
    ]);
  });

  it('adds sums in parts to the group of their window and product', () => {
    const sums = new WindowSums(PRODUCTS);
    sums.add(3, 4, 100);
    sums.addParts(3, 4, 2, 7, 3);
    sums.addParts(4, 1, 1, 9, 0);

    const { windowNumbers, products, groups } = sums.sorted({ rankOfProduct, productOfRank });
    const cells = [...groups].map((group) => [sums.sums.counts[group], sums.sums.centsAt(group)]);
    expect([[...windowNumbers], [...products]]).toEqual([
      [3, 4],
      [4, 1],
    ]);
    expect(cells).toEqual([
      [3, 3n * 2n ** 50n + 107n],
      [1, 9n],
    ]);
  });

  it('is empty before anything is added', () => {
    const sorted = new WindowSums(1).sorted({ rankOfProduct, productOfRank });

    expect([sorted.windowNumbers.length, sorted.groups.length]).toEqual([0, 0]);
  });
});
