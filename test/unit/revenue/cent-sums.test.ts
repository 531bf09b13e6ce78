import { describe, expect, it } from 'vitest';
import { CARRY_CENTS, CentSums, partsOf } from '../../../lambdas/shared/revenue/cent-sums.ts';

describe('CentSums', () => {
  it('counts and adds by index', () => {
    const sums = new CentSums(2);
    sums.add(0, 5);
    sums.add(1, 7);
    sums.add(0, 0);

    expect([...sums.counts]).toEqual([2, 1]);
    expect([sums.centsAt(0), sums.centsAt(1)]).toEqual([5n, 7n]);
  });

  it('is exact far above what a double holds', () => {
    const sums = new CentSums(1);
    for (let i = 0; i < 20_000; i++) sums.add(0, 2 ** 50 - 1);

    expect(sums.centsAt(0)).toBe(22_517_998_136_852_460_000n);
    expect(sums.counts[0]).toBe(20_000);
  });

  it('carries at its border and not before', () => {
    const sums = new CentSums(1);
    sums.add(0, CARRY_CENTS - 1);
    expect([sums.lowAt(0), sums.carriesAt(0)]).toEqual([CARRY_CENTS - 1, 0]);
    sums.add(0, 1);
    expect([sums.lowAt(0), sums.carriesAt(0)]).toEqual([0, 1]);
  });

  it('adds sums that come in parts', () => {
    const [from, to] = [new CentSums(1), new CentSums(3)];
    for (let i = 0; i < 5; i++) from.add(0, 2 ** 49 + 1);
    for (let i = 0; i < 3; i++) {
      to.addParts(2, from.counts[0], from.lowAt(0), from.carriesAt(0));
    }

    expect(to.centsAt(2)).toBe(8_444_249_301_319_680n + 15n);
    expect(to.counts[2]).toBe(15);
  });

  it('keeps its sums when it grows, and none when it is cleared', () => {
    const sums = new CentSums(1);
    sums.add(0, 9);
    sums.growTo(5);
    sums.add(4, 1);
    expect([sums.size >= 5, sums.centsAt(0), sums.centsAt(4)]).toEqual([true, 9n, 1n]);

    sums.clear();
    expect([sums.centsAt(0), sums.counts[4]]).toEqual([0n, 0]);
  });

  it('keeps no carries when it is cleared', () => {
    const sums = new CentSums(1);
    sums.addParts(0, 1, 5, 7);
    sums.clear();

    expect([sums.counts[0], sums.centsAt(0)]).toEqual([0, 0n]);
  });
});

it('takes a sum apart, and nothing is lost', () => {
  expect(partsOf(5n)).toEqual({ low: 5, carries: 0 });
  expect(partsOf(3n * 2n ** 50n + 7n)).toEqual({ low: 7, carries: 3 });
});
