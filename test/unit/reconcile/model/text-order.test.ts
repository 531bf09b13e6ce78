import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareSequenceNumbers,
  compareText,
  partitionOf,
} from '../../../../lambdas/reconcile/model/text-order.ts';
import { seed } from '../../../support/seed.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 6 });

describe('text', () => {
  it('is always in the order of its bytes in UTF-8', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const bytewise = Buffer.compare(Buffer.from(a), Buffer.from(b));
        expect(Math.sign(compareText(a, b))).toBe(bytewise);
      }),
      { seed, numRuns: 1_000 },
    );
  });

  it('beyond U+FFFF comes after all of U+E000 to U+FFFF', () => {
    expect(compareText('\u{1f600}', '\uffee')).toBeGreaterThan(0);
    expect(compareText('\ud7ff', '\u{1f600}')).toBeLessThan(0);
  });
});

it('compares sequence numbers as numbers', () => {
  expect(compareSequenceNumbers('9', '10')).toBeLessThan(0);
  expect(compareSequenceNumbers('4959033827149025660855969', '4959033827149025660855970')).toBe(-1);
  expect(compareSequenceNumbers('7', '7')).toBe(0);
});

it('deals ids evenly', () => {
  const sizes = [0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < 7_000; i++) sizes[partitionOf(`o${i}`, 7)] += 1;
  expect(Math.min(...sizes)).toBeGreaterThan(800);
  expect(Math.max(...sizes)).toBeLessThan(1_200);
});
