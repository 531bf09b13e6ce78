import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RangeAhead } from '../../../../lambdas/batch/map-chunk/range-ahead.ts';
import type { PlannedInput } from '../../../../lambdas/batch/run/batch-plan.ts';
import { rangeSource } from '../../../../lambdas/shared/ingest/byte-sources.ts';
import { hookedStore } from '../../../support/hooked-store.ts';
import { MemoryObjectStore } from '../../../support/memory/memory-object-store.ts';
import { runs } from '../../../support/runs.ts';
import { seed } from '../../../support/seed.ts';

const MIB = 1024 * 1024;
const SIZE_BYTES = 20 * MIB;
const CONTENT = Uint8Array.from({ length: SIZE_BYTES }, (_, at) => (at >>> 8) ^ at);

async function opened() {
  const memory = new MemoryObjectStore();
  const { etag } = await memory.put('orders/a.csv', CONTENT);
  let requests = 0;
  const store = hookedStore(memory, () => {
    requests += 1;
  });
  const input = { key: 'orders/a.csv', etag, sizeBytes: SIZE_BYTES } as PlannedInput;
  return { memory, ahead: new RangeAhead(store), input, requests: () => requests };
}

const chunkOf = (startByte: number, endByte: number) => {
  return { chunkIndex: 0, inputIndex: 0, startByte, endByte };
};

async function readAll(
  { ahead, input }: Awaited<ReturnType<typeof opened>>,
  { startByte, endByte }: { readonly startByte: number; readonly endByte: number },
  windowBytes: number,
): Promise<Uint8Array> {
  const source = rangeSource(ahead, input, startByte, endByte);
  const window = new Uint8Array(windowBytes);
  const pieces: Uint8Array[] = [];
  let at = startByte;
  while (at < endByte) {
    const count = await source.read(window);
    if (count === 0) break;
    pieces.push(window.slice(0, count));
    at += count;
  }
  return Buffer.concat(pieces);
}

describe('a range that is read ahead', () => {
  it('is what the store holds, wherever it is cut', async () => {
    const world = await opened();
    const byte = fc.integer({ min: 0, max: SIZE_BYTES });
    const law = fc.asyncProperty(
      byte,
      byte,
      fc.integer({ min: 3e5, max: 3e6 }),
      async (a, b, w) => {
        const chunk = chunkOf(Math.min(a, b), Math.max(a, b));
        world.ahead.expect(chunk, world.input);
        const read = await readAll(world, chunk, w);
        const expected = CONTENT.subarray(chunk.startByte, chunk.startByte + read.length);
        expect(read.length).toBeGreaterThanOrEqual(chunk.endByte - chunk.startByte);
        expect(Buffer.compare(read, expected)).toBe(0);
      },
    );
    await fc.assert(law, { seed, ...runs(20) });
  });

  it('is asked for in pieces of 8 MiB', async () => {
    const world = await opened();
    const chunk = chunkOf(0, SIZE_BYTES);
    world.ahead.expect(chunk, world.input);

    await readAll(world, chunk, 2 * MIB);

    expect(world.requests()).toBe(3);
  });

  it('is left to the store where nobody said what is read next', async () => {
    const world = await opened();
    const chunk = chunkOf(0, SIZE_BYTES);
    world.ahead.expect(null, world.input);

    await readAll(world, chunk, 2 * MIB);

    expect(world.requests()).toBe(10);
  });

  it('fails when the object was replaced meanwhile', async () => {
    const world = await opened();
    const chunk = chunkOf(0, SIZE_BYTES);
    world.ahead.expect(chunk, world.input);
    await world.memory.put('orders/a.csv', CONTENT.subarray(1));

    await expect(readAll(world, chunk, 2 * MIB)).rejects.toThrow('orders/a.csv');
  });
});
