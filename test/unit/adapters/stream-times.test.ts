import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LocalEventStream } from '../../../lambdas/shared/adapters/local/local-event-stream.ts';
import type { EpochMs } from '../../../lambdas/shared/model/time.ts';
import type { Clock } from '../../../lambdas/shared/ports/clock.ts';
import type { ReshardableStream } from '../../../lambdas/shared/ports/event-stream.ts';
import { keysOf, record, START } from '../../contract/stream-facts.ts';
import { MemoryEventStream } from '../../support/memory/memory-event-stream.ts';
import { SettableClock } from '../../support/settable-clock.ts';

type WithStream = (
  clock: Clock,
  check: (stream: ReshardableStream) => Promise<void>,
) => Promise<void>;

const inMemory: WithStream = (clock, check) => check(new MemoryEventStream({ clock }));

const onDisk: WithStream = async (clock, check) => {
  const dir = mkdtempSync(join(tmpdir(), 'tandem-times-'));
  const stream = await LocalEventStream.open({ dir, name: 'orders', shardCount: 1, clock });
  try {
    await check(stream);
  } finally {
    stream.close();
    rmSync(dir, { recursive: true, force: true });
  }
};

const SHARD = 'shardId-000000000000';

async function putAt(stream: ReshardableStream, clock: SettableClock, timesMs: number[]) {
  for (const timeMs of timesMs) {
    clock.nowMs = timeMs;
    await stream.put([record(`at ${timeMs}`)]);
  }
}

describe.each([
  ['MemoryEventStream', inMemory],
  ['LocalEventStream', onDisk],
])('the times of %s', (_, withStream) => {
  it('come from the clock, and never go back within a shard and its children', async () => {
    const clock = new SettableClock();
    await withStream(clock, async (stream) => {
      await putAt(stream, clock, [1_000, 3_000, 2_000, 3_500]);
      clock.nowMs = 100;
      const [low, high] = await stream.split(SHARD);
      await stream.put([record('a'), record('abc')]);

      const times = async (shardId: string) =>
        (await stream.read(shardId, START, 10)).records.map((one) => one.arrivalTimeMs);
      expect(await times(SHARD)).toEqual([1_000, 3_000, 3_000, 3_500]);
      expect(await times(low.shardId)).toEqual([3_500]);
      expect(await times(high.shardId)).toEqual([3_500]);
      expect(await stream.now()).toBe(3_500);
      clock.nowMs = 4_000;
      expect(await stream.now()).toBe(4_000);
    });
  });

  it('begin a read at the first record that arrived then or later', async () => {
    const clock = new SettableClock();
    await withStream(clock, async (stream) => {
      await putAt(stream, clock, [1_000, 2_000, 2_000, 3_000]);
      const countFrom = async (timeMs: number) => {
        const position = { kind: 'at_time', timeMs: timeMs as EpochMs } as const;
        return (await stream.read(SHARD, position, 10)).records.length;
      };

      expect(await countFrom(0)).toBe(4);
      expect(await countFrom(1_000)).toBe(4);
      expect(await countFrom(1_001)).toBe(3);
      expect(await countFrom(2_000)).toBe(3);
      expect(await countFrom(2_001)).toBe(1);
      expect(await countFrom(3_001)).toBe(0);
    });
  });

  it('say how far behind a reader is, and 0 only to one who has seen all', async () => {
    const clock = new SettableClock();
    await withStream(clock, async (stream) => {
      await putAt(stream, clock, [1_000, 2_000, 2_000]);
      const behind = async (limit: number) =>
        (await stream.read(SHARD, START, limit)).millisBehindLatest;

      expect(await behind(1)).toBe(1_000);
      // The next record came in the same millisecond.
      expect(await behind(2)).toBe(1);
      expect(await behind(3)).toBe(0);
      clock.nowMs = 9_000;
      expect(await behind(1)).toBe(8_000);
      expect(await behind(3)).toBe(0);
    });
  });

  it('do not tell of losses where nothing went', async () => {
    const clock = new SettableClock();
    await withStream(clock, async (stream) => {
      await putAt(stream, clock, [1_000]);

      const result = await stream.read(SHARD, START, 10);
      expect(keysOf(result.records)).toEqual(['at 1000']);
      expect(result.mayHaveLost).toBe(false);
    });
  });
});
