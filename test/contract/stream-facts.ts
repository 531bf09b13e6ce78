import { expect } from 'vitest';
import type {
  EventStream,
  NewRecord,
  ReadPosition,
  ReshardableStream,
  StreamRecord,
} from '../../lambdas/shared/ports/event-stream.ts';

/** What a stream promises, by the fact that shows it. Each gets a new stream. */
export type StreamFacts = Readonly<
  Record<
    string,
    { readonly shardCount: number; readonly check: (stream: ReshardableStream) => Promise<void> }
  >
>;

export interface StoredRecord {
  readonly shardId: string;
  readonly sequenceNumber: string;
}

/** How often what was not stored, or not yet to be read, is tried again. */
const ATTEMPTS_MAX = 200;

export const record = (partitionKey: string, data = partitionKey): NewRecord => ({
  partitionKey,
  data: new TextEncoder().encode(data),
});

export const START: ReadPosition = { kind: 'start' };

export const after = ({ sequenceNumber }: { sequenceNumber: string }): ReadPosition => ({
  kind: 'after',
  sequenceNumber,
});

/** Puts all of them, in order of their places, those again that were not stored. */
export async function putAll(
  stream: EventStream,
  records: readonly NewRecord[],
): Promise<StoredRecord[]> {
  const stored: StoredRecord[] = [];
  let missing = [...records.keys()];
  for (let attempt = 0; missing.length > 0; attempt++) {
    if (attempt === ATTEMPTS_MAX) throw new Error(`${missing.length} records are not stored`);
    const results = await stream.put(missing.map((i) => records[i]));
    expect(results).toHaveLength(missing.length);
    missing = missing.filter((place, i) => {
      const result = results[i];
      if (result.status === 'stored') stored[place] = result;
      return result.status !== 'stored';
    });
  }
  return stored;
}

/** Each in a request of its own, so that those of one shard keep their order. */
export async function putInTurn(
  stream: EventStream,
  records: readonly NewRecord[],
): Promise<StoredRecord[]> {
  const stored: StoredRecord[] = [];
  for (const one of records) stored.push(...(await putAll(stream, [one])));
  return stored;
}

/** The first `count` records from a position on. */
export async function readSome(
  stream: EventStream,
  shardId: string,
  { from, count, limit = count }: { from: ReadPosition; count: number; limit?: number },
): Promise<StreamRecord[]> {
  const records: StreamRecord[] = [];
  let position: ReadPosition | null = from;
  for (let attempt = 0; records.length < count && position !== null; attempt++) {
    if (attempt === ATTEMPTS_MAX) throw new Error(`${records.length} of ${count} records come`);
    const result = await stream.read(shardId, position, limit);
    expect(result.records.length).toBeLessThanOrEqual(limit);
    records.push(...result.records);
    position = result.next;
  }
  return records;
}

/** All records of a closed shard from a position on. */
export async function readToEnd(
  stream: EventStream,
  shardId: string,
  from: ReadPosition = START,
): Promise<StreamRecord[]> {
  const records: StreamRecord[] = [];
  let position: ReadPosition | null = from;
  for (let attempt = 0; position !== null; attempt++) {
    if (attempt === ATTEMPTS_MAX) throw new Error(`${shardId} does not end`);
    const result = await stream.read(shardId, position, 10_000);
    records.push(...result.records);
    position = result.next;
  }
  return records;
}

export const keysOf = (records: readonly StreamRecord[]): string[] =>
  records.map((one) => one.partitionKey);

export async function shardIdsOf(stream: EventStream): Promise<string[]> {
  return (await stream.listShards()).map((shard) => shard.shardId);
}

export function expectGrowing(records: readonly { sequenceNumber: string }[]): void {
  const numbers = records.map((one) => BigInt(one.sequenceNumber));
  for (let i = 1; i < numbers.length; i++) expect(numbers[i] > numbers[i - 1]).toBe(true);
}
