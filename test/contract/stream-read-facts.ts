import { expect } from 'vitest';
import { ShardNotFoundError } from '../../lambdas/shared/model/errors.ts';
import type { EventStream, ReadPosition } from '../../lambdas/shared/ports/event-stream.ts';
import {
  after,
  keysOf,
  putAll,
  putInTurn,
  readSome,
  record,
  START,
  type StoredRecord,
  type StreamFacts,
  shardIdsOf,
} from './stream-facts.ts';

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'];

async function fill(stream: EventStream): Promise<{ shardId: string; stored: StoredRecord[] }> {
  const [shardId] = await shardIdsOf(stream);
  const stored = await putInTurn(
    stream,
    KEYS.map((key) => record(key)),
  );
  return { shardId, stored };
}

export const readFacts: StreamFacts = {
  'has shards in order of their ids, whose ranges cover all hash keys': {
    shardCount: 3,
    check: async (stream) => {
      const shards = await stream.listShards();

      expect(shards.map((shard) => shard.shardId)).toEqual([
        'shardId-000000000000',
        'shardId-000000000001',
        'shardId-000000000002',
      ]);
      expect(shards.map((shard) => shard.parentShardIds)).toEqual([[], [], []]);
      expect(shards.map((shard) => shard.hashKeyRange)).toEqual([
        { start: '0', end: '113427455640312821154458202477256070484' },
        {
          start: '113427455640312821154458202477256070485',
          end: '226854911280625642308916404954512140969',
        },
        {
          start: '226854911280625642308916404954512140970',
          end: '340282366920938463463374607431768211455',
        },
      ]);
    },
  },

  'keeps its identity': {
    shardCount: 1,
    check: async (stream) => {
      const identity = await stream.identity();
      await putAll(stream, [record('a')]);
      await stream.split((await shardIdsOf(stream))[0]);

      expect(identity).not.toBe('');
      expect(await stream.identity()).toBe(identity);
    },
  },

  'begins at the start, or after a record': {
    shardCount: 1,
    check: async (stream) => {
      const { shardId, stored } = await fill(stream);
      const keysFrom = async (from: ReadPosition, count: number) =>
        keysOf(await readSome(stream, shardId, { from, count }));

      expect(await keysFrom(START, 6)).toEqual(KEYS);
      expect(await keysFrom(START, 2)).toEqual(['a', 'b']);
      expect(await keysFrom(after(stored[0]), 5)).toEqual(['b', 'c', 'd', 'e', 'f']);
      expect(await keysFrom(after(stored[4]), 1)).toEqual(['f']);
    },
  },

  'gives nothing after the last record until another one is put': {
    shardCount: 1,
    check: async (stream) => {
      const { shardId, stored } = await fill(stream);

      const empty = await stream.read(shardId, after(stored[5]), 10);
      expect(empty.records).toEqual([]);
      expect(empty.next).not.toBeNull();
      await putAll(stream, [record('g')]);

      for (const from of [empty.next, after(stored[5])]) {
        if (from === null) throw new Error('an open shard has ended');
        expect(keysOf(await readSome(stream, shardId, { from, count: 1 }))).toEqual(['g']);
      }
    },
  },

  'gives each record once to a reader who follows, whatever the limit': {
    shardCount: 1,
    check: async (stream) => {
      const { shardId } = await fill(stream);

      for (const limit of [1, 2, 5]) {
        const read = await readSome(stream, shardId, { from: START, count: 6, limit });
        expect(keysOf(read).slice(0, 6)).toEqual(KEYS);
      }
    },
  },

  'gives the same for the same next': {
    shardCount: 1,
    check: async (stream) => {
      const { shardId } = await fill(stream);
      const { records, next } = await stream.read(shardId, START, 4);
      if (next === null) throw new Error('an open shard has ended');
      const rest = KEYS.slice(records.length);

      for (let i = 0; i < 2; i++) {
        const read = await readSome(stream, shardId, { from: next, count: rest.length });
        expect(keysOf(read)).toEqual(rest);
      }
    },
  },

  'begins at the first record that arrived at a time or later': {
    shardCount: 1,
    check: async (stream) => {
      const { shardId } = await fill(stream);
      const all = await readSome(stream, shardId, { from: START, count: 6 });

      for (const { arrivalTimeMs } of all) {
        const from: ReadPosition = { kind: 'at_time', timeMs: arrivalTimeMs };
        const [first] = await readSome(stream, shardId, { from, count: 1 });
        const expected = all.find((one) => one.arrivalTimeMs === arrivalTimeMs);
        expect(first.sequenceNumber).toBe(expected?.sequenceNumber);
      }
    },
  },

  'is not behind where a reader has seen all': {
    shardCount: 1,
    check: async (stream) => {
      const { shardId, stored } = await fill(stream);

      expect((await stream.read(shardId, after(stored[5]), 10)).millisBehindLatest).toBe(0);
    },
  },

  'gives a large shard in pieces, all of it': {
    shardCount: 1,
    check: async (stream) => {
      const [shardId] = await shardIdsOf(stream);
      const data = new Uint8Array(1_000_000).fill(7);
      const keys = Array.from({ length: 24 }, (_, i) => `k${i}`);
      for (let i = 0; i < 24; i += 8) {
        await putInTurn(
          stream,
          keys.slice(i, i + 8).map((partitionKey) => ({ partitionKey, data })),
        );
      }

      const first = await stream.read(shardId, START, 10_000);
      const read = await readSome(stream, shardId, { from: START, count: 24, limit: 10_000 });

      expect(first.records.length).toBeLessThanOrEqual(10);
      expect(keysOf(read)).toEqual(keys);
      for (const one of read) expect(Buffer.from(data).equals(one.data)).toBe(true);
    },
  },

  'fails when there is no such shard': {
    shardCount: 1,
    check: async (stream) => {
      for (const shardId of ['shardId-000000000001', 'shardId-000000000099']) {
        await expect(stream.read(shardId, START, 1)).rejects.toThrow(ShardNotFoundError);
        await expect(stream.split(shardId)).rejects.toThrow(ShardNotFoundError);
      }
    },
  },

  'fails when a position is none of the shard': {
    shardCount: 2,
    check: async (stream) => {
      const [low, high] = await shardIdsOf(stream);
      // The MD5 of `a` begins with a zero bit.
      const [stored] = await putAll(stream, [record('a')]);

      expect(stored.shardId).toBe(low);
      await expect(stream.read(high, after(stored), 1)).rejects.toThrow(RangeError);
      const text: ReadPosition = { kind: 'after', sequenceNumber: 'x' };
      await expect(stream.read(low, text, 1)).rejects.toThrow(RangeError);
    },
  },
};
