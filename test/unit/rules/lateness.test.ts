import { describe, expect, it } from 'vitest';
import type { EpochMs } from '../../../lambdas/shared/model/time.ts';
import { isClaimExpired } from '../../../lambdas/shared/rules/claim-expiry.ts';
import {
  cappedTime,
  isLate,
  NO_TIME,
  watermarkOf,
} from '../../../lambdas/shared/rules/lateness.ts';
import { windowEnd, windowStart } from '../../../lambdas/shared/rules/windows.ts';

const at = (timeMs: number) => timeMs as EpochMs;

describe('windows', () => {
  it.each([
    [0, 0, 1_000],
    [999, 0, 1_000],
    [1_000, 1_000, 2_000],
    [-1, -1_000, 0],
  ])('%d lies in [%d, %d)', (timeMs, startMs, endMs) => {
    expect([windowStart(timeMs, 1_000), windowEnd(timeMs, 1_000)]).toEqual([startMs, endMs]);
  });
});

describe('a watermark', () => {
  it.each([
    ['the floor, where that is higher', 500, 900, 500],
    ['the largest event time less the delay, where that is', 300, 900, 400],
    ['none, where there is neither', NO_TIME, NO_TIME, NO_TIME],
  ])('is %s', (_, floorMs, maxEventTimeMs, expected) => {
    const times = { floorMs: at(floorMs), maxEventTimeMs: at(maxEventTimeMs) };
    expect(watermarkOf(times, 500)).toBe(expected);
  });
});

describe('a record', () => {
  it('counts until the watermark reaches the end of its window, and is late from then on', () => {
    expect(isLate(1_500, 1_999, 1_000)).toBe(false);
    expect(isLate(1_500, 2_000, 1_000)).toBe(true);
  });

  it('counts as at most its arrival + maxAhead', () => {
    expect(cappedTime(1_100, 1_000, 100)).toBe(1_100);
    expect(cappedTime(1_101, 1_000, 100)).toBe(1_100);
  });
});

describe('a claim', () => {
  it('holds as long as the watermark is below its time + horizon, and no longer', () => {
    expect(isClaimExpired(1_000, 1_499, 500)).toBe(false);
    expect(isClaimExpired(1_000, 1_500, 500)).toBe(true);
  });
});
