import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TwinPositions } from '../../../../lambdas/reconcile/match/twin-positions.ts';
import { seed } from '../../../support/seed.ts';

it('gives back every sequence number, digit by digit', () => {
  const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 56 });
  const close = fc.bigInt({ min: 0n, max: 10n ** 15n }).map((n) => String(10n ** 55n + n));
  const anyNumber = fc.oneof(
    digits.map((list) => list.join('')),
    close,
  );
  fc.assert(
    fc.property(fc.array(anyNumber), (sequences) => {
      const twins = new TwinPositions();
      sequences.forEach((sequence, index) => {
        twins.add();
        twins.set(index, `s${index % 2}`, sequence);
      });
      const found = sequences.map((_, index) => twins.at(index));

      expect(found).toEqual(
        sequences.map((sequence, index) => ({ source: `s${index % 2}`, sequence })),
      );
    }),
    { seed },
  );
});
