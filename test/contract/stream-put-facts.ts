import { expect } from 'vitest';
import type { EventStream, NewRecord } from '../../lambdas/shared/ports/event-stream.ts';
import {
  expectGrowing,
  keysOf,
  putAll,
  putInTurn,
  readSome,
  record,
  START,
  type StreamFacts,
  shardIdsOf,
} from './stream-facts.ts';

/**
 * MD5s of RFC 1321, and of two texts in UTF-8 by `md5sum`: with four shards, the first two bits of
 * the hash are the index of the shard.
 */
const MD5_VECTORS: readonly (readonly [string, string, number])[] = [
  ['a', '0cc175b9c0f1b6a831c399e269772661', 0],
  ['abc', '900150983cd24fb0d6963f7d28e17f72', 2],
  ['message digest', 'f96b697d7cb7938d525a2f31aaf161d0', 3],
  ['abcdefghijklmnopqrstuvwxyz', 'c3fcd3d76192e4007dfb496cca67e13b', 3],
  [
    '12345678901234567890123456789012345678901234567890123456789012345678901234567890',
    '57edf4a22be3c955ac49da2e2107b67a',
    1,
  ],
  ['ü', 'c03410a5204b21cd8229ff754688d743', 3],
  ['日本', '4dbed2e657457884e67137d3514119b3', 1],
];

export const putFacts: StreamFacts = {
  'gives a record to the shard that holds the MD5 of its key': {
    shardCount: 4,
    check: async (stream) => {
      const shards = await stream.listShards();

      const stored = await putAll(
        stream,
        MD5_VECTORS.map(([key]) => record(key)),
      );

      for (const [i, [, md5, shardIndex]] of MD5_VECTORS.entries()) {
        const { shardId, hashKeyRange } = shards[shardIndex];
        expect(stored[i].shardId).toBe(shardId);
        expect(BigInt(`0x${md5}`) >= BigInt(hashKeyRange.start)).toBe(true);
        expect(BigInt(`0x${md5}`) <= BigInt(hashKeyRange.end)).toBe(true);
      }
    },
  },

  'answers each record of a put in its place': {
    shardCount: 3,
    check: async (stream) => {
      const records = Array.from({ length: 90 }, (_, i) => record(`key-${i}`, `data-${i}`));

      const stored = await putAll(stream, records);

      const keyOf = new Map<string, string>();
      for (const shardId of await shardIdsOf(stream)) {
        const count = stored.filter((one) => one.shardId === shardId).length;
        const read = await readSome(stream, shardId, { from: START, count });
        expectGrowing(read);
        for (const one of read) {
          keyOf.set(`${shardId} ${one.sequenceNumber}`, one.partitionKey);
          expect(Buffer.from(one.data).toString()).toBe(one.partitionKey.replace('key', 'data'));
        }
      }
      expect(
        stored.map(({ shardId, sequenceNumber }) => keyOf.get(`${shardId} ${sequenceNumber}`)),
      ).toEqual(records.map((one) => one.partitionKey));
    },
  },

  'keeps the order of puts within a shard': {
    shardCount: 1,
    check: async (stream) => {
      const keys = Array.from({ length: 20 }, (_, i) => `key-${(i * 7) % 20}`);
      const [shardId] = await shardIdsOf(stream);

      const stored = await putInTurn(
        stream,
        keys.map((key) => record(key)),
      );
      const read = await readSome(stream, shardId, { from: START, count: 20 });

      expectGrowing(stored);
      expect(keysOf(read)).toEqual(keys);
      expect(read.map((one) => one.sequenceNumber)).toEqual(
        stored.map((one) => one.sequenceNumber),
      );
    },
  },

  'tells when it took a record, by the clock that it shows': {
    shardCount: 1,
    check: async (stream) => {
      const [shardId] = await shardIdsOf(stream);
      const beforeMs = await stream.now();

      await putAll(stream, [record('a')]);
      const [read] = await readSome(stream, shardId, { from: START, count: 1 });

      // Arrival times are approximate, and a clock may show whole seconds.
      expect(read.arrivalTimeMs).toBeGreaterThan(beforeMs - 2_000);
      expect(await stream.now()).toBeGreaterThanOrEqual(read.arrivalTimeMs);
    },
  },

  'stores the same record twice when it is put twice': {
    shardCount: 1,
    check: async (stream) => {
      const [shardId] = await shardIdsOf(stream);

      await putAll(stream, [record('a'), record('a')]);

      const read = await readSome(stream, shardId, { from: START, count: 2 });
      expect(keysOf(read)).toEqual(['a', 'a']);
      expectGrowing(read);
    },
  },

  'keeps binary data, no data, and keys of any script': {
    shardCount: 1,
    check: async (stream) => {
      const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
      const [shardId] = await shardIdsOf(stream);

      await putInTurn(stream, [
        { partitionKey: 'ümläut 日本 😀 "\n', data: bytes },
        { partitionKey: ' ', data: new Uint8Array(0) },
        record('none', ''),
        { partitionKey: 'part', data: Buffer.from('hello').subarray(1, 4) },
      ]);
      const read = await readSome(stream, shardId, { from: START, count: 4 });

      expect(keysOf(read)).toEqual(['ümläut 日本 😀 "\n', ' ', 'none', 'part']);
      expect(read.map((one) => [...one.data])).toEqual([[...bytes], [], [], [0x65, 0x6c, 0x6c]]);
    },
  },

  'shares no memory with its callers': {
    shardCount: 1,
    check: async (stream) => {
      const data = Buffer.from('before');
      const [shardId] = await shardIdsOf(stream);
      const putting = stream.put([{ partitionKey: 'a', data }]);
      data.fill(0);
      expect((await putting)[0].status).toBe('stored');

      for (let i = 0; i < 2; i++) {
        const [read] = await readSome(stream, shardId, { from: START, count: 1 });
        expect(Buffer.from(read.data).toString()).toBe('before');
        read.data.fill(0);
      }
    },
  },
};

async function refuses(stream: EventStream, records: readonly NewRecord[]): Promise<void> {
  await expect(stream.put(records)).rejects.toThrow(RangeError);
}

const sized = (partitionKey: string, length: number): NewRecord => ({
  partitionKey,
  data: new Uint8Array(length),
});

const MIB = 1024 * 1024;

export const limitFacts: StreamFacts = {
  'takes 500 records, and fails when there are more or none': {
    shardCount: 1,
    check: async (stream) => {
      const records = Array.from({ length: 501 }, (_, i) => record(`${i}`));
      const [shardId] = await shardIdsOf(stream);

      await refuses(stream, records);
      await refuses(stream, []);
      await putAll(stream, records.slice(1));

      // Nothing of the request that was refused lies before them.
      const read = await readSome(stream, shardId, { from: START, count: 500 });
      expect(new Set(keysOf(read)).size).toBe(500);
      expect(keysOf(read)).not.toContain('0');
    },
  },

  'takes 1 MiB of key and data, and fails when it is a byte more': {
    shardCount: 1,
    check: async (stream) => {
      const [shardId] = await shardIdsOf(stream);

      await refuses(stream, [record('small'), sized('ü', MIB - 1)]);
      await putAll(stream, [sized('ü', MIB - 2)]);

      const read = await readSome(stream, shardId, { from: START, count: 1 });
      expect(keysOf(read)).toEqual(['ü']);
      expect(read[0].data).toHaveLength(MIB - 2);
    },
  },

  'fails when a put is larger than 10 MiB': {
    shardCount: 1,
    check: async (stream) => {
      const records = Array.from({ length: 10 }, () => sized('k', MIB - 1));

      await refuses(stream, [...records, sized('k', 0)]);
    },
  },

  'takes a key of 256 characters, and fails when it is longer, empty or no text': {
    shardCount: 1,
    check: async (stream) => {
      for (const key of ['', 'k'.repeat(257), '\ud800']) await refuses(stream, [sized(key, 1)]);

      const [shardId] = await shardIdsOf(stream);
      await putAll(stream, [sized('日'.repeat(256), 1)]);
      const read = await readSome(stream, shardId, { from: START, count: 1 });
      expect(keysOf(read)).toEqual(['日'.repeat(256)]);
    },
  },

  'fails when a read asks for no record or for more than 10,000': {
    shardCount: 1,
    check: async (stream) => {
      const [shardId] = await shardIdsOf(stream);

      for (const limit of [0, -1, 1.5, 10_001]) {
        await expect(stream.read(shardId, START, limit)).rejects.toThrow(RangeError);
      }
      await stream.read(shardId, START, 10_000);
    },
  },
};
