import { expect } from 'vitest';
import { TerminalError } from '../../lambdas/shared/model/errors.ts';
import {
  after,
  keysOf,
  putAll,
  putInTurn,
  readSome,
  readToEnd,
  record,
  START,
  type StreamFacts,
  shardIdsOf,
} from './stream-facts.ts';

/** The MD5s of these begin with 0x0c, 0x57 (RFC 1321), 0x90 and 0xf9: one for each quarter. */
const QUARTERS = [
  'a',
  '12345678901234567890123456789012345678901234567890123456789012345678901234567890',
  'abc',
  'message digest',
];
const ids = (...indexes: number[]): string[] => indexes.map((i) => `shardId-00000000000${i}`);

export const reshardFacts: StreamFacts = {
  'splits a shard in the middle of its range': {
    shardCount: 2,
    check: async (stream) => {
      const [low, high] = await stream.split(ids(1)[0]);

      expect([low, high]).toEqual([
        {
          shardId: ids(2)[0],
          parentShardIds: ids(1),
          hashKeyRange: {
            start: '170141183460469231731687303715884105728',
            end: '255211775190703847597530955573826158591',
          },
        },
        {
          shardId: ids(3)[0],
          parentShardIds: ids(1),
          hashKeyRange: {
            start: '255211775190703847597530955573826158592',
            end: '340282366920938463463374607431768211455',
          },
        },
      ]);
    },
  },

  'merges neighbours, in whichever order they are named': {
    shardCount: 3,
    check: async (stream) => {
      const merged = await stream.merge(ids(1)[0], ids(0)[0]);

      expect(merged.shardId).toBe(ids(3)[0]);
      expect(merged.parentShardIds.toSorted()).toEqual(ids(0, 1));
      expect(merged.hashKeyRange).toEqual({
        start: '0',
        end: '226854911280625642308916404954512140969',
      });
    },
  },

  'gives records to the children only, and ends the parent': {
    shardCount: 1,
    check: async (stream) => {
      const before = await putInTurn(
        stream,
        QUARTERS.map((key) => record(key, 'before')),
      );
      const [parent] = await shardIdsOf(stream);

      const [low, high] = await stream.split(parent);
      const later = await putInTurn(
        stream,
        QUARTERS.map((key) => record(key, 'later')),
      );

      expect(later.map((one) => one.shardId)).toEqual([
        low.shardId,
        low.shardId,
        high.shardId,
        high.shardId,
      ]);
      expect(keysOf(await readToEnd(stream, parent))).toEqual(QUARTERS);
      expect(keysOf(await readToEnd(stream, parent, after(before[2])))).toEqual(QUARTERS.slice(3));
      expect(await readToEnd(stream, parent, after(before[3]))).toEqual([]);
      for (const [shard, keys] of [
        [low, QUARTERS.slice(0, 2)],
        [high, QUARTERS.slice(2)],
      ] as const) {
        expect(keysOf(await readSome(stream, shard.shardId, { from: START, count: 2 }))).toEqual(
          keys,
        );
      }
    },
  },

  'ends a parent for a reader who was at its tip': {
    shardCount: 1,
    check: async (stream) => {
      const [parent] = await shardIdsOf(stream);
      const [stored] = await putAll(stream, [record('a')]);
      const { next } = await stream.read(parent, after(stored), 10);
      if (next === null) throw new Error('an open shard has ended');

      await stream.split(parent);

      expect(await readToEnd(stream, parent, next)).toEqual([]);
    },
  },

  'numbers the records of children above those of all their parents': {
    shardCount: 2,
    check: async (stream) => {
      const put = async () =>
        (
          await putInTurn(
            stream,
            [...QUARTERS, ...QUARTERS, ...QUARTERS].map((key) => record(key)),
          )
        ).map((one) => BigInt(one.sequenceNumber));
      const first = await put();
      await stream.merge(ids(0)[0], ids(1)[0]);
      const second = await put();
      await stream.split(ids(2)[0]);
      const third = await put();

      const isAbove = (children: readonly bigint[], parents: readonly bigint[]) =>
        children.every((child) => parents.every((parent) => child > parent));
      expect(isAbove(second, first)).toBe(true);
      expect(isAbove(third, second)).toBe(true);
    },
  },

  'lists parents with their records beside the children, in order of their ids': {
    shardCount: 2,
    check: async (stream) => {
      await putAll(
        stream,
        QUARTERS.map((key) => record(key)),
      );
      await stream.split(ids(0)[0]);
      await putAll(
        stream,
        QUARTERS.map((key) => record(key)),
      );
      await stream.merge(ids(3)[0], ids(1)[0]);

      const shards = await stream.listShards();
      expect(shards.map((shard) => shard.shardId)).toEqual(ids(0, 1, 2, 3, 4));
      expect(shards.map((shard) => shard.parentShardIds.toSorted())).toEqual([
        [],
        [],
        ids(0),
        ids(0),
        ids(1, 3),
      ]);
    },
  },

  'fails when a closed shard is split or merged, and when shards are no neighbours': {
    shardCount: 4,
    check: async (stream) => {
      await stream.merge(ids(0)[0], ids(1)[0]);

      await expect(stream.split(ids(0)[0])).rejects.toThrow(TerminalError);
      await expect(stream.merge(ids(1)[0], ids(2)[0])).rejects.toThrow(TerminalError);
      await expect(stream.merge(ids(4)[0], ids(3)[0])).rejects.toThrow(TerminalError);
      await expect(stream.merge(ids(3)[0], ids(3)[0])).rejects.toThrow(TerminalError);
      expect(await shardIdsOf(stream)).toContain(ids(4)[0]);
      expect(await shardIdsOf(stream)).not.toContain(ids(5)[0]);
    },
  },
};
