import { describe, expect, it } from 'vitest';
import type { EpochMs } from '../../../lambdas/shared/model/time.ts';
import { NO_TIME } from '../../../lambdas/shared/rules/lateness.ts';
import {
  entryAttributes,
  entryOf,
  isEntryExpired,
  type LogEntry,
} from '../../../lambdas/shared/state/log-entry.ts';
import { fence, records } from '../../support/shard-logs.ts';

describe('a log entry', () => {
  it('is stored under its names, without its version and without times that it has not', () => {
    const { version, maxEventTimeMs, floorMs, ...own } = records(7, 'a', 5);

    expect(entryAttributes({ ...own, version, maxEventTimeMs, floorMs })).toEqual(own);
    expect(entryAttributes({ ...own, version, maxEventTimeMs: 3 as EpochMs, floorMs })).toEqual({
      ...own,
      maxEventTime: 3,
    });
    expect(entryAttributes(fence(2))).toEqual({
      kind: 'fence',
      floor: 0,
      codeVersion: 'test',
      reason: 'idle',
    });
  });

  it.each<LogEntry>([
    records(7, 'a', 5),
    { ...records(8, 'b', null), kind: 'redrive', sourceShard: 's', gapAfter: '4' },
    fence(2),
    {
      kind: 'seal',
      version: 3,
      maxEventTimeMs: 9 as EpochMs,
      floorMs: NO_TIME,
      codeVersion: 'x',
      endReached: false,
    },
  ])('comes back as it was: $kind', (entry) => {
    expect(entryOf(entry.version, entryAttributes(entry))).toEqual(entry);
  });

  it('is not read without a kind', () => {
    expect(() => entryOf(1, {})).toThrow('a log entry has a kind');
  });
});

describe('claims of an entry', () => {
  it('have expired once the watermark is a horizon further', () => {
    const entry = records(1, 'a', 1_000);

    expect(isEntryExpired(entry, 1_099, 100)).toBe(false);
    expect(isEntryExpired(entry, 1_100, 100)).toBe(true);
    expect(isEntryExpired(entry, 1_101, 100)).toBe(true);
    expect(isEntryExpired({ ...entry, kind: 'redrive' }, 1_099, 100)).toBe(false);
    expect(isEntryExpired(entry, NO_TIME, 100)).toBe(false);
  });

  it('have expired where there are none', () => {
    const seal = { ...fence(1), kind: 'seal', endReached: true } as LogEntry;

    for (const entry of [records(1, 'a', null), fence(1), seal]) {
      expect(isEntryExpired(entry, NO_TIME, 100)).toBe(true);
    }
  });
});
