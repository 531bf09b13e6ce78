import { describe, expect, it } from 'vitest';
import { stepsSideBySide } from '../../../../lambdas/batch/plan-run/side-by-side.ts';

const known = (functions: number) => ({ status: 'known', functions }) as const;

describe('stepsSideBySide', () => {
  it('leaves a fifth of the quota to all other functions', () => {
    expect(stepsSideBySide(200, known(10))).toBe(8);
    expect(stepsSideBySide(200, known(100))).toBe(80);
    expect(stepsSideBySide(200, known(99))).toBe(79);
  });

  it('is what the config allows where the quota is larger', () => {
    expect(stepsSideBySide(200, known(1_000))).toBe(200);
    expect(stepsSideBySide(200, known(250))).toBe(200);
  });

  it('is one step at least, also where other functions have reserved everything', () => {
    expect(stepsSideBySide(200, known(0))).toBe(1);
    expect(stepsSideBySide(200, known(1))).toBe(1);
  });

  it('is what the config allows where nobody knows the quota', () => {
    expect(stepsSideBySide(200, { status: 'unknown', reason: 'denied' })).toBe(200);
  });
});
