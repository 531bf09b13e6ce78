import type { EventStream, NewRecord } from '../../lambdas/shared/ports/event-stream.ts';
import type { InputFile } from '../../lib/common/input-file.ts';
import {
  type ProduceOptions,
  ProduceTally,
  produceRecords,
} from '../../lib/embedded/produce/produce-records.ts';
import { storeOf } from './batch-runs.ts';
import { MemoryEventStream } from './memory/memory-event-stream.ts';
import { VirtualClock } from './memory/virtual-clock.ts';
import { CountingRandomness } from './stream-world.ts';

/** Files that are produced into a stream in memory. */

export type Contents = Readonly<Record<string, string | Uint8Array>>;

export async function filesOf(contents: Contents): Promise<InputFile[]> {
  const store = await storeOf(Object.entries(contents));
  return Object.keys(contents).map((key) => ({ name: key, store, key }));
}

/** Requests as they reach the stream. */
function recorded(stream: MemoryEventStream): EventStream & { readonly requests: NewRecord[][] } {
  const requests: NewRecord[][] = [];
  return Object.assign(Object.create(stream) as EventStream, {
    name: stream.name,
    requests,
    put: async (records: readonly NewRecord[]) => {
      requests.push(records.map((record) => ({ ...record, data: record.data.slice() })));
      return await stream.put(records);
    },
    identity: () => stream.identity(),
    listShards: () => stream.listShards(),
    read: stream.read.bind(stream),
    now: () => stream.now(),
  });
}

export async function produce(contents: Contents, options: Partial<ProduceOptions> = {}) {
  const clock = new VirtualClock();
  const stream = recorded(new MemoryEventStream({ clock, shardCount: 2 }));
  const tally = new ProduceTally();
  await produceRecords(
    {
      files: await filesOf(contents),
      openStream: async () => stream,
      clock,
      randomness: new CountingRandomness(),
      watermarkDelayMs: 30 * 60_000,
      maxAheadMs: 5 * 60_000,
      sort: null,
      isUnordered: false,
      ratePerSec: null,
      signal: new AbortController().signal,
      ...options,
    },
    tally,
  );
  const records = stream.requests.flat();
  return { tally, requests: stream.requests, records, texts: records.map(textOf) };
}

export const textOf = ({ data }: NewRecord) => Buffer.from(data).toString();
export const line = (id: string, time = '10:00:00') => `${id},c1,p1,2026-01-05T${time},2,1.50,done`;

export async function failureOf(contents: Contents, options: Partial<ProduceOptions> = {}) {
  return await produce(contents, options).then(
    () => null,
    (error: unknown) => error as Error & { code?: string },
  );
}
