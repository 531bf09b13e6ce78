import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareKeys } from '../../../lambdas/shared/adapters/object-keys.ts';
import { seed } from '../../support/seed.ts';

it('always orders keys as their UTF-8 bytes are ordered', () => {
  const key = fc.string({ unit: 'binary', maxLength: 6 });
  fc.assert(
    fc.property(key, key, (a, b) => {
      const bytewise = Buffer.compare(Buffer.from(a), Buffer.from(b));
      expect(Math.sign(compareKeys(a, b))).toBe(bytewise);
    }),
    { seed, numRuns: 500 },
  );
});

it('orders a character beyond U+FFFF after U+FFEE', () => {
  expect(compareKeys('\uffee', '😀')).toBeLessThan(0);
});
