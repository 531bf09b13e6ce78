import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fingerprint, KeyWeights } from '../../../../lib/embedded/verify/fingerprint.ts';
import { runs } from '../../../support/runs.ts';
import { seed } from '../../../support/seed.ts';

type Cell = readonly [product: string, window: number, orders: number, cents: number];

function fingerprintOf(cells: readonly Cell[], asBigint = false): Fingerprint {
  const weights = new KeyWeights();
  const sum = new Fingerprint();
  for (const [product, window, orders, cents] of cells) {
    sum.add(weights.ofWindow(product, window), orders, asBigint ? BigInt(cents) : cents);
  }
  return sum;
}

describe('a fingerprint', () => {
  it('is the same in any order, and however a cell is split', () => {
    const whole = fingerprintOf([
      ['p1', 7, 3, 900],
      ['p2', 7, 1, 100],
    ]);
    const parts: Cell[] = [
      ['p2', 7, 1, 100],
      ['p1', 7, 2, 899],
      ['p1', 7, 1, 1],
    ];
    expect(whole.equals(fingerprintOf(parts))).toBe(true);
    expect(whole.equals(fingerprintOf(parts, true))).toBe(true);
  });

  it('holds sums that no double holds', () => {
    const large = 10 ** 15;
    const sums = fingerprintOf(Array.from({ length: 40 }, (): Cell => ['p', 1, 1, large]));
    const weights = new KeyWeights();
    const one = new Fingerprint();
    one.add(weights.ofWindow('p', 1), 40, 40n * BigInt(large));
    expect(sums.equals(one)).toBe(true);
    const other = new Fingerprint();
    other.add(weights.ofWindow('p', 1), 40, 40n * BigInt(large) + 1n);
    expect(sums.equals(other)).toBe(false);
  });

  it('is another one where cents or orders move between neighbouring windows and back', () => {
    const cells: Cell[] = [
      ['p1', 1, 2, 200],
      ['p1', 2, 2, 200],
      ['p2', 1, 2, 200],
      ['p2', 2, 2, 200],
    ];
    const moved: Cell[] = [
      ['p1', 1, 1, 100],
      ['p1', 2, 3, 300],
      ['p2', 1, 3, 300],
      ['p2', 2, 1, 100],
    ];
    expect(fingerprintOf(cells).equals(fingerprintOf(moved))).toBe(false);
  });

  it('is another one wherever one cell is another', () => {
    const cell = fc.tuple(
      fc.constantFrom('p1', 'p2', 'p10', '', 'é'),
      fc.nat(5),
      fc.integer({ min: 1, max: 9 }),
      fc.nat(10 ** 9),
    );
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1 }), fc.nat(), cell, (cells, at, extra) => {
        const changed = cells.map((each, i) => (i === at % cells.length ? extra : each));
        const isSame = JSON.stringify(cells[at % cells.length]) === JSON.stringify(extra);
        expect(fingerprintOf(cells).equals(fingerprintOf(changed))).toBe(isSame);
      }),
      { seed, ...runs(300) },
    );
  });
});
