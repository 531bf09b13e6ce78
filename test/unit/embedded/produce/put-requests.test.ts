import { describe, expect, it } from 'vitest';
import { RetryableError } from '../../../../lambdas/shared/model/errors.ts';
import type { EventStream, NewRecord } from '../../../../lambdas/shared/ports/event-stream.ts';
import { ordersCsv } from '../../../support/batch-runs.ts';
import { MemoryEventStream } from '../../../support/memory/memory-event-stream.ts';
import { VirtualClock } from '../../../support/memory/virtual-clock.ts';
import { line, produce } from '../../../support/produced.ts';

describe('a request', () => {
  const idsOf = (requests: NewRecord[][]) =>
    requests.map((records) => records.map(({ partitionKey }) => partitionKey));

  it('spans at most half of the delay in event time', async () => {
    const rows = [
      line('a', '10:00:00'),
      line('b', '10:15:00'),
      line('c', '10:15:01'),
      line('d', '09:59:59'),
    ];

    const { requests } = await produce({ 'a.csv': ordersCsv(rows) });

    expect(idsOf(requests)).toEqual([['a', 'b'], ['c'], ['d']]);
  });

  it('holds an id once, and records without one as often as they come', async () => {
    const rows = [line('a'), line('b'), line(''), line(''), line('a'), line('c')];

    const { requests } = await produce({ 'a.csv': ordersCsv(rows) });

    expect(requests.map((records) => records.length)).toEqual([4, 2]);
  });

  it('holds anything when order is not asked for, 500 records at most', async () => {
    const rows = Array.from({ length: 501 }, (_, i) => line('a', `${10 + (i % 10)}:00:00`));

    const { requests, tally } = await produce({ 'a.csv': ordersCsv(rows) }, { isUnordered: true });

    expect(requests.map((records) => records.length)).toEqual([500, 1]);
    expect(tally.records).toBe(501);
  });

  it('is accepted whole before the next one goes out', async () => {
    const clock = new VirtualClock();
    const taken: string[] = [];
    let calls = 0;
    const refusing: EventStream = Object.assign(
      Object.create(new MemoryEventStream({ clock })) as EventStream,
      {
        name: 'orders',
        put: async (records: readonly NewRecord[]) => {
          calls += 1;
          if (calls === 2) throw new RetryableError('connection lost');
          return records.map(({ partitionKey }, i) => {
            if (calls === 1 && i > 0) return { status: 'throttled' as const, message: 'slow down' };
            taken.push(partitionKey);
            return { status: 'stored' as const, shardId: 's', sequenceNumber: '1' };
          });
        },
      },
    );
    const rows = [line('a'), line('b'), line('c'), line('d', '12:00:00')];
    const retries: string[] = [];

    const done = produce(
      { 'a.csv': ordersCsv(rows) },
      {
        openStream: async () => refusing,
        clock,
        onRetry: ({ records, message }) => retries.push(`${records} ${message}`),
      },
    );
    let isDone = false;
    void done.finally(() => {
      isDone = true;
    });
    while (!isDone) await clock.advance(100);
    const { tally } = await done;

    expect(taken).toEqual(['a', 'b', 'c', 'd']);
    expect(retries).toEqual(['2 slow down', '2 connection lost']);
    expect([tally.records, tally.requests]).toEqual([4, 2]);
  });
});

it('keeps to a rate', async () => {
  const clock = new VirtualClock();
  const stream = new MemoryEventStream({ clock });
  const rows = Array.from({ length: 300 }, (_, i) => line(`o${i}`));
  let isDone = false;
  const done = produce(
    { 'a.csv': ordersCsv(rows) },
    { clock, openStream: async () => stream, ratePerSec: 100 },
  ).finally(() => {
    isDone = true;
  });
  while (!isDone) await clock.advance(50);
  const { tally } = await done;

  expect(clock.now()).toBeGreaterThanOrEqual(2_900);
  expect(clock.now()).toBeLessThanOrEqual(3_300);
  expect(tally.requests).toBe(60);
});
