import { describe, expect, it } from 'vitest';
import { barProgress } from '../../../../bin/text/progress.ts';

describe('barProgress', () => {
  it('starts a new bar for each stage, with the rate and time left of that stage', () => {
    const calls: unknown[][] = [];
    const note =
      (name: string) =>
      (...args: unknown[]) =>
        void calls.push([name, ...args]);
    const bar = {
      start: note('start'),
      setTotal: () => undefined,
      update: note('update'),
      stop: note('stop'),
    };
    let nowMs = 1_000;
    const progress = barProgress(bar, () => nowMs);

    nowMs = 3_000;
    progress.show({ stage: 'map', done: 1_000_000, total: 4_000_000, unit: 'bytes' });
    progress.show({ stage: 'reduce', done: 0, total: 8, unit: 'buckets' });
    nowMs = 3_500;
    progress.show({ stage: 'reduce', done: 2, total: 8, unit: 'buckets' });
    progress.stop();

    const unknown = { amount: '0', rate: '–', left: '–' };
    expect(calls).toEqual([
      ['stop'],
      ['start', 4_000_000, 0, { stage: 'map     ', ...unknown }],
      ['update', 1_000_000, { amount: '1.0 MB of 4.0 MB', rate: '500.0 kB', left: '6 s' }],
      ['stop'],
      ['start', 8, 0, { stage: 'reduce  ', ...unknown }],
      ['update', 0, { amount: '0 of 8 buckets', rate: '–', left: '–' }],
      ['update', 2, { amount: '2 of 8 buckets', rate: '4', left: '2 s' }],
      ['stop'],
    ]);
  });
});
