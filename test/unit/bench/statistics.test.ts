import { describe, expect, it } from 'vitest';
import { rounded, summarise, summariseUsage } from '../../bench/harness/statistics.ts';

describe('summarise', () => {
  it('takes the middle value of an odd number of rounds', () => {
    expect(summarise([9, 1, 5])).toEqual({ median: 5, min: 1, max: 9 });
  });

  it('takes the mean of the two middle values of an even number', () => {
    expect(summarise([4, 1, 3, 100])).toEqual({ median: 3.5, min: 1, max: 100 });
  });

  it('compares values as numbers, not as text', () => {
    expect(summarise([10, 9, 100]).median).toBe(10);
  });

  it('leaves the rounds in their order', () => {
    const rounds = [3, 1, 2];

    summarise(rounds);

    expect(rounds).toEqual([3, 1, 2]);
  });

  it('fails when there is no round', () => {
    expect(() => summarise([])).toThrow(RangeError);
  });
});

describe('summariseUsage', () => {
  it('summarises each figure by itself, memory in millions of bytes', () => {
    const summary = summariseUsage([
      { seconds: 1, cpuSeconds: 6, rssBytes: 200_000_000 },
      { seconds: 2, cpuSeconds: 5, rssBytes: 300_000_000 },
      { seconds: 3, cpuSeconds: 4, rssBytes: 100_000_000 },
    ]);

    expect(summary).toEqual({
      seconds: { median: 2, min: 1, max: 3 },
      cpuSeconds: { median: 5, min: 4, max: 6 },
      rssMb: { median: 200, min: 100, max: 300 },
    });
  });
});

describe('rounded', () => {
  it('keeps three decimals below 10, one below 1,000, none above', () => {
    expect([1.23456, 12.3456, 999.96, 1234.5678].map(rounded)).toEqual([1.235, 12.3, 1000, 1235]);
  });
});
