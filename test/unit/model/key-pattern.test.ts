import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isKeyPattern, keyPattern } from '../../../lambdas/shared/model/key-pattern.ts';
import { runs } from '../../support/runs.ts';
import { seed } from '../../support/seed.ts';

describe('keyPattern', () => {
  it.each([
    ['orders/a.csv', 'orders/a.csv'],
    ['orders/*', 'orders/a.csv'],
    ['orders/*', 'orders/'],
    ['orders/*.csv', 'orders/.csv'],
    ['orders/**', 'orders/a.csv'],
    ['orders/**', 'orders/x/y/a.csv'],
    ['orders/**/a.csv', 'orders/a.csv'],
    ['orders/**/a.csv', 'orders/x/y/a.csv'],
    ['**/a.csv', 'a.csv'],
    ['**/a.csv', 'orders/x/a.csv'],
    ['**/**/a.csv', 'orders/a.csv'],
    ['orders/shop**', 'orders/shop-1/a.csv'],
    ['orders/**.csv', 'orders/x/a.csv'],
    ['orders/***', 'orders/x/a.csv'],
    ['orders/*/*', 'orders/x/a.csv'],
    ['orders/a?[b].csv', 'orders/a?[b].csv'],
    ['orders/größe*', 'orders/größe.csv'],
  ])('fits %j to %j', (pattern, key) => {
    expect(keyPattern(pattern)(key)).toBe(true);
  });

  it.each([
    ['orders/a.csv', 'orders/A.csv'],
    ['orders/a.csv', 'orders/a.csv.gz'],
    ['orders/*', 'orders/x/a.csv'],
    ['orders/*', 'customers/a.csv'],
    ['orders/**', 'orders'],
    ['orders/**', 'old/orders/a.csv'],
    ['orders/**/a.csv', 'orders/xa.csv'],
    ['**/a.csv', 'orders/xa.csv'],
    ['orders/a?.csv', 'orders/ab.csv'],
    ['orders/*.csv', 'orders/axcsv'],
    ['orders/*/*', 'orders/a.csv'],
    // One composed letter, and the same from two parts.
    ['orders/\u00e4*', 'orders/a\u0308.csv'],
  ])('does not fit %j to %j', (pattern, key) => {
    expect(keyPattern(pattern)(key)).toBe(false);
  });

  it('always agrees with trying every way', () => {
    const text = (parts: string[]) =>
      fc.array(fc.constantFrom(...parts), { maxLength: 8 }).map((all) => all.join(''));
    const property = fc.property(
      text(['a', 'b', '/', '*', '**', '/**/', '**/']),
      text(['a', 'b', '/']),
      (pattern, key) => {
        expect(keyPattern(pattern)(key)).toBe(fitsSlowly(pattern, key));
      },
    );
    fc.assert(property, { seed, ...runs(10_000) });
  });

  it('takes few steps where many ways could be tried', () => {
    const key = `orders/${'a'.repeat(900)}`;
    const pattern = `orders/${'*a**a'.repeat(40)}b`;
    expect(keyPattern(pattern)(key)).toBe(false);
    expect(keyPattern(`${pattern.slice(0, -1)}*`)(key)).toBe(true);
  });
});

/** Tries every length of every star. */
function fitsSlowly(pattern: string, key: string, isFolderStart = true): boolean {
  if (pattern === '') return key === '';
  const [stars] = /^\**/.exec(pattern) ?? [''];
  if (stars === '') {
    const [first] = pattern;
    return key.startsWith(first) && fitsSlowly(pattern.slice(1), key.slice(1), first === '/');
  }
  const rest = pattern.slice(stars.length);
  const lengths = [...Array(key.length + 1).keys()];
  if (stars.length > 1 && isFolderStart && rest.startsWith('/')) {
    const starts = lengths.filter((length) => length === 0 || key[length - 1] === '/');
    return starts.some((start) => fitsSlowly(rest.slice(1), key.slice(start)));
  }
  return lengths
    .filter((length) => stars.length > 1 || !key.slice(0, length).includes('/'))
    .some((length) => fitsSlowly(rest, key.slice(length), false));
}

describe('isKeyPattern', () => {
  it.each(['orders/**', 'customers/a.csv', 'products/*', '*', '**/x.csv'])(
    'takes %j',
    (pattern) => {
      expect(isKeyPattern(pattern)).toBe(true);
    },
  );

  it.each(['', '/orders/*', 'orders', 'orders/', 'Orders/*', 'x/*', './orders/*', '**/'])(
    'does not take %j',
    (pattern) => {
      expect(isKeyPattern(pattern)).toBe(false);
    },
  );
});
