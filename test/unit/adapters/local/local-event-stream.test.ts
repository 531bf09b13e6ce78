import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  LocalEventStream,
  type LocalEventStreamOptions,
} from '../../../../lambdas/shared/adapters/local/local-event-stream.ts';
import { RetryableError, TerminalError } from '../../../../lambdas/shared/model/errors.ts';
import type { StreamRecord } from '../../../../lambdas/shared/ports/event-stream.ts';
import { SystemClock } from '../../../../lambdas/shared/runtime/clock.ts';
import { keysOf, putAll, record, START } from '../../../contract/stream-facts.ts';
import { runUntilKilled } from '../../../support/killed-process.ts';

const run = promisify(execFile);
const racer = join(import.meta.dirname, '../../../contract/racing-stream.ts');

let dir: string;
let file: string;
const opened: LocalEventStream[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tandem-stream-'));
  file = join(dir, 'stream.sqlite');
});
afterEach(() => {
  for (const stream of opened.splice(0)) stream.close();
  rmSync(dir, { recursive: true, force: true });
});

async function open(options: Partial<LocalEventStreamOptions> = {}): Promise<LocalEventStream> {
  const clock = new SystemClock();
  const stream = await LocalEventStream.open({ dir, name: 'orders', clock, ...options });
  opened.push(stream);
  return stream;
}

/** All records of open shards. */
async function readAll(stream: LocalEventStream): Promise<Map<string, StreamRecord[]>> {
  const byShard = new Map<string, StreamRecord[]>();
  for (const { shardId } of await stream.listShards()) {
    const records: StreamRecord[] = [];
    let result = await stream.read(shardId, START, 10_000);
    while (result.records.length > 0 && result.next !== null) {
      records.push(...result.records);
      result = await stream.read(shardId, result.next, 10_000);
    }
    byShard.set(shardId, records);
  }
  return byShard;
}

describe('a folder of a stream', () => {
  it('keeps its records, shards and identity for the next process', async () => {
    const first = await open({ shardCount: 1 });
    await putAll(first, [record('nul\0key', 'data')]);
    await first.split('shardId-000000000000');
    const shards = await first.listShards();
    const identity = await first.identity();
    first.close();

    const second = await open();

    expect(second.path).toBe(file);
    expect(second.name).toBe('orders');
    expect(await second.identity()).toBe(identity);
    expect(await second.listShards()).toEqual(shards);
    const { records } = await second.read('shardId-000000000000', START, 10);
    expect(keysOf(records)).toEqual(['nul\0key']);
  });

  it('counts the records that lie behind a position', async () => {
    const stream = await open({ shardCount: 1 });
    const shardId = 'shardId-000000000000';
    await putAll(stream, [record('a', '1'), record('b', '2'), record('c', '3')]);
    const { records } = await stream.read(shardId, START, 2);

    const all = await stream.countFrom(shardId, START);
    const { sequenceNumber } = records[1];
    const rest = await stream.countFrom(shardId, { kind: 'after', sequenceNumber });

    expect([all, rest]).toEqual([3, 1]);
    await expect(stream.countFrom('shardId-000000000007', START)).rejects.toThrow('no shard');
  });

  it('has another identity when it is made again', async () => {
    const first = await open({ shardCount: 1 });
    const identity = await first.identity();
    first.close();
    rmSync(dir, { recursive: true });

    expect(await (await open({ shardCount: 1 })).identity()).not.toBe(identity);
  });

  it('fails when it has no stream and none is to be made', async () => {
    await expect(open()).rejects.toMatchObject({ name: 'TerminalError', code: 'stream_not_found' });
    await expect(open()).rejects.toThrow(dir);
    expect(readdirSync(dir)).toEqual([]);

    writeFileSync(file, '');
    await expect(open()).rejects.toMatchObject({ code: 'stream_not_found' });
    await open({ shardCount: 1 });
  });

  it('fails when its stream was made with another shard count', async () => {
    const first = await open({ shardCount: 2 });
    await first.split('shardId-000000000000');

    await open({ shardCount: 2 });
    await expect(open({ shardCount: 3 })).rejects.toMatchObject({ code: 'shard_count_differs' });
    await expect(open({ shardCount: 3 })).rejects.toThrow(/ 2 shards, but 3 /);
  });

  it('fails when the shard count is none', async () => {
    for (const shardCount of [0, -1, 1.5, Number.NaN]) {
      await expect(open({ shardCount })).rejects.toThrow(RangeError);
    }
    await expect(open({ shardCount: 8_193 })).rejects.toMatchObject({ code: 'too_many_shards' });
    expect(await open({ shardCount: 1 })).toBeDefined();
  });

  it('fails when the file is no database', async () => {
    writeFileSync(file, 'not a database'.repeat(100));

    await expect(open()).rejects.toMatchObject({ code: 'storage_error' });
    await expect(open()).rejects.toThrow(`${file}: it is not a SQLite database`);
  });

  it('can be tried again when another process holds it for too long', async () => {
    const stream = await open({ shardCount: 1, busyTimeoutMs: 20 });
    const holder = new DatabaseSync(file);
    holder.exec('BEGIN IMMEDIATE');

    const refused = stream.put([record('a')]);
    await expect(refused).rejects.toThrow(RetryableError);
    expect((await stream.read('shardId-000000000000', START, 10)).records).toEqual([]);

    holder.exec('ROLLBACK');
    holder.close();
    await putAll(stream, [record('a')]);
  });

  it('stores nothing of a put that does not fit on a full disk, and can be read', async () => {
    const stream = await open({ shardCount: 1, maxSizeBytes: 1_000_000 });
    const data = new Uint8Array(30_000);
    const records = Array.from({ length: 10 }, (_, i) => ({ partitionKey: `${i}`, data }));
    const fill = async () => {
      for (;;) await stream.put(records);
    };

    const full = await fill().catch((error: unknown) => error);
    expect(full).toBeInstanceOf(TerminalError);
    expect(full).toMatchObject({ code: 'storage_error' });
    expect(String(full)).toContain(`${file}: no space left on the device`);
    const count = (await stream.read('shardId-000000000000', START, 10_000)).records.length;
    expect(count).toBe(30);

    const spacious = await open();
    await putAll(spacious, records);
    expect((await stream.read('shardId-000000000000', START, 10_000)).records).toHaveLength(40);
  });

  it('shows a reader what another process puts and splits', async () => {
    const [reader, writer] = [await open({ shardCount: 1 }), await open({ shardCount: 1 })];
    const { next } = await reader.read('shardId-000000000000', START, 10);
    if (next === null) throw new Error('an open shard has ended');

    await putAll(writer, [record('a')]);
    await writer.split('shardId-000000000000');
    await putAll(reader, [record('a')]);

    const rest = await reader.read('shardId-000000000000', next, 10);
    expect(keysOf(rest.records)).toEqual(['a']);
    expect(rest.next).toBeNull();
    expect(keysOf((await writer.read('shardId-000000000001', START, 10)).records)).toEqual(['a']);
  });
});

describe('processes that use one stream', () => {
  it('make it once, also when each has seen that there is none', async () => {
    const holder = new DatabaseSync(file);
    holder.exec('PRAGMA journal_mode = WAL; BEGIN IMMEDIATE');
    const racers = [0, 1, 2].map(() => run(process.execPath, [racer, dir, '1']));
    // Long enough for all of them to wait for the file; whoever is slower only races less.
    await wait(1_000);
    holder.exec('ROLLBACK');
    holder.close();

    const printed = await Promise.all(racers);

    expect(new Set(printed.map(({ stdout }) => stdout.split('\n')[0])).size).toBe(1);
    const stream = await open({ shardCount: 2 });
    expect([...(await readAll(stream)).values()].flat()).toHaveLength(60);
  });

  it('make it once and lose no record', async () => {
    const printed = await Promise.all(
      [0, 1, 2].map(async () => (await run(process.execPath, [racer, dir, '50'])).stdout),
    );

    const lines = printed.map((text) => text.trim().split('\n'));
    expect(new Set(lines.map(([identity]) => identity)).size).toBe(1);
    const stream = await open({ shardCount: 2 });
    expect(await stream.identity()).toBe(lines[0][0]);
    const stored = [...(await readAll(stream))].flatMap(([shardId, records]) =>
      records.map((one) => `${shardId} ${one.sequenceNumber} ${one.partitionKey}`),
    );
    expect(stored).toHaveLength(3_000);
    expect(stored.toSorted()).toEqual(lines.flatMap((all) => all.slice(1)).toSorted());
  });

  it.each([1, 21, 500, 4_000])(
    'leave whole requests, all that were answered, when killed after %i lines',
    async (lineCount) => {
      const printed = await Promise.all(
        [0, 1].map(() => runUntilKilled(racer, [dir, '1000000'], lineCount)),
      );

      const stream = await open({ shardCount: 2 });
      const stored = new Set<string>();
      const countByRequest = new Map<string, number>();
      for (const [shardId, records] of await readAll(stream)) {
        for (const { sequenceNumber, partitionKey } of records) {
          stored.add(`${shardId} ${sequenceNumber} ${partitionKey}`);
          const request = partitionKey.split('.').slice(0, 2).join('.');
          countByRequest.set(request, (countByRequest.get(request) ?? 0) + 1);
        }
      }
      const answered = printed.flatMap((lines) => lines.slice(1));
      expect(answered.filter((line) => !stored.has(line))).toEqual([]);
      expect([...countByRequest].filter(([, count]) => count !== 20)).toEqual([]);
      // At most the last request of each was not answered, or its lines were cut.
      expect(stored.size - answered.length).toBeLessThan(2 * 2 * 20);
      await putAll(stream, [record('after')]);
    },
  );
});
