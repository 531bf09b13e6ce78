import { describe, expect, it } from 'vitest';
import type { EpochMs } from '../../../lambdas/shared/model/time.ts';
import { NO_TIME } from '../../../lambdas/shared/rules/lateness.ts';
import {
  headAttributes,
  headOf,
  type ShardHead,
  timesAttributes,
  timesOf,
} from '../../../lambdas/shared/state/shard-head.ts';
import { A_HEAD } from '../../support/shard-logs.ts';

const ms = (value: number) => value as EpochMs;

const NEW = {
  version: 0,
  counts: { read: 0, active: 0, cancelled: 0, quarantined: 0, duplicate: 0, late: 0 },
  otherKeys: 0,
  sealed: false,
  children: [],
  inherits: [],
  createdAt: 0,
  claimsFrom: 1,
  publishedThrough: 0,
};

const FULL: ShardHead = {
  version: 9,
  maxEventTimeMs: ms(0),
  floorMs: ms(-1),
  checkpoint: '0',
  lastArrivalMs: ms(0),
  counts: { read: 15, active: 1, cancelled: 2, quarantined: 3, duplicate: 4, late: 5 },
  otherKeys: 6,
  sealed: true,
  children: ['c1', 'c2'],
  inherits: ['p1'],
  createdAtMs: ms(7),
  claimsFrom: 8,
  publishedThrough: 4,
};

describe('HEAD of a shard', () => {
  it('has no attribute for what it has not yet', () => {
    expect(headAttributes(A_HEAD)).toEqual(NEW);
    expect(headOf(NEW)).toEqual(A_HEAD);
  });

  it('has an attribute for every fact, zeros too', () => {
    const attributes = {
      version: 9,
      maxEventTime: 0,
      floor: -1,
      checkpoint: '0',
      lastArrival: 0,
      counts: { read: 15, active: 1, cancelled: 2, quarantined: 3, duplicate: 4, late: 5 },
      otherKeys: 6,
      sealed: true,
      children: ['c1', 'c2'],
      inherits: ['p1'],
      createdAt: 7,
      claimsFrom: 8,
      publishedThrough: 4,
    };

    expect(headAttributes(FULL)).toEqual(attributes);
    expect(headOf(attributes)).toEqual(FULL);
  });

  it('is not read without a version', () => {
    const { version: _, ...others } = NEW;

    expect(() => headOf(others)).toThrow('a shard HEAD has a version');
    expect(() => headOf({ ...others, version: '1' })).toThrow('a shard HEAD has a version');
  });
});

it.each([
  [{}, NO_TIME, NO_TIME],
  [{ maxEventTime: 0 }, 0, NO_TIME],
  [{ floor: 0 }, NO_TIME, 0],
  [{ maxEventTime: 5, floor: -5 }, 5, -5],
])('times are left out while there are none: %j', (attributes, maxEventTimeMs, floorMs) => {
  const times = { maxEventTimeMs: ms(maxEventTimeMs), floorMs: ms(floorMs) };

  expect(timesAttributes(times)).toEqual(attributes);
  expect(timesOf(attributes)).toEqual(times);
});
