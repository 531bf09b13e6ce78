import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { MemoryEventStream } from '../../../lambdas/shared/adapters/memory/memory-event-stream.ts';
import { VirtualClock } from '../../../lambdas/shared/adapters/memory/virtual-clock.ts';
import type { EventStream, NewRecord } from '../../../lambdas/shared/ports/event-stream.ts';
import { RetryableError } from '../../../lambdas/shared/runtime/errors.ts';
import type { InputFile } from '../../../lib/embedded/produce/input-file.ts';
import {
  type ProduceOptions,
  ProduceTally,
  produceRecords,
} from '../../../lib/embedded/produce/produce-records.ts';
import { HEADER, ordersCsv, storeOf } from '../../support/batch-runs.ts';
import { CountingRandomness } from '../../support/stream-world.ts';

type Contents = Readonly<Record<string, string | Uint8Array>>;

async function filesOf(contents: Contents): Promise<InputFile[]> {
  const store = await storeOf(Object.entries(contents));
  return Object.keys(contents).map((key) => ({
    name: key,
    store,
    key,
    format: key.includes('.csv') ? 'csv' : 'ndjson',
  }));
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

async function produce(contents: Contents, options: Partial<ProduceOptions> = {}) {
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

const textOf = ({ data }: NewRecord) => Buffer.from(data).toString();
const line = (id: string, time = '10:00:00') => `${id},c1,p1,2026-01-05T${time},2,1.50,done`;

async function failureOf(contents: Contents, options: Partial<ProduceOptions> = {}) {
  return await produce(contents, options).then(
    () => null,
    (error: unknown) => error as Error & { code?: string },
  );
}

describe('a CSV row', () => {
  it('becomes an object of its values as text, missing ones left out', async () => {
    const { texts } = await produce({
      'a.csv': ordersCsv(['o1,, p1 ,NULL,"2",1.50,"a ""b"" \\é"']),
    });

    expect(texts).toEqual([
      '{"order_id":"o1","product_id":" p1 ","quantity":"2","price":"1.50","status":"a \\"b\\" \\\\é"}',
    ]);
    expect(JSON.parse(texts[0]).status).toBe('a "b" \\é');
  });

  it('keeps control characters and line ends inside quotes', async () => {
    const { texts } = await produce({ 'a.csv': ordersCsv(['"o\n1",c\t1,p\u00011,,,,']) });

    expect(JSON.parse(texts[0])).toEqual({
      order_id: 'o\n1',
      customer_id: 'c\t1',
      product_id: 'p\u00011',
    });
  });

  it('goes as its bytes where it cannot be read', async () => {
    const bytes = Buffer.concat([
      Buffer.from(`${HEADER}\nshort,row\r\n`),
      Buffer.from([0x6f, 0xff]),
      Buffer.from(',c,p,t,1,1,done\n"open'),
    ]);

    const { records } = await produce({ 'a.csv': bytes });

    expect(records.map(({ data }) => Buffer.from(data).toString('latin1'))).toEqual([
      'short,row',
      'o\u00ff,c,p,t,1,1,done',
      '"open',
    ]);
  });

  it('has its columns in any order, and others than the seven left out', async () => {
    const header = 'note,status,price,quantity,order_timestamp,product_id,customer_id,order_id';
    const { texts } = await produce({ 'a.csv': `${header}\nx,done,1,2,t,p,c,o\n` });

    expect(JSON.parse(texts[0])).toEqual({
      order_id: 'o',
      customer_id: 'c',
      product_id: 'p',
      order_timestamp: 't',
      quantity: '2',
      price: '1',
      status: 'done',
    });
  });
});

it('sends lines of NDJSON as they are, plain and compressed, files in order', async () => {
  const first = '{"order_id": "a" }\r\n\n not json\n';
  const { texts, tally } = await produce({
    'b.ndjson': first,
    'a.ndjson.gz': gzipSync('{"order_id":7}'),
  });

  expect(texts).toEqual(['{"order_id": "a" }', ' not json', '{"order_id":7}']);
  expect(tally.recordsByFile).toEqual([
    { file: 'b.ndjson', records: 2 },
    { file: 'a.ndjson.gz', records: 1 },
  ]);
});

it('takes the trimmed order id as the partition key, and a random one where there is none', async () => {
  const long = 'x'.repeat(129);
  const { records } = await produce({
    'a.csv': ordersCsv([line(' o1 '), line('NULL'), line(long), line('x'.repeat(128))]),
    'b.ndjson': '{"order_id":12}\n{"order_id":"\\u0061"}\nnope\n',
  });

  expect(records.map(({ partitionKey }) => partitionKey)).toEqual([
    'o1',
    '0000000000000001',
    '0000000000000002',
    'x'.repeat(128),
    '12',
    'a',
    '0000000000000003',
  ]);
});

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

describe('files that batch would reject', () => {
  it('fail before anything is sent, all of them named with their reasons', async () => {
    let isOpened = false;
    const openStream = async () => {
      isOpened = true;
      return new MemoryEventStream();
    };

    const error = await failureOf(
      {
        'good.csv': ordersCsv([line('a')]),
        'empty.csv': '',
        'columns.csv': 'order_id\nx\n',
        'cut.csv.gz': gzipSync(ordersCsv([line('a')])).subarray(0, 40),
        'cut.ndjson.gz': gzipSync('{}').subarray(0, 12),
      },
      { openStream },
    );

    expect(error?.code).toBe('file_rejected');
    expect(error?.message).toContain('empty.csv: empty; columns.csv: column_missing: customer_id');
    expect(error?.message).toContain('cut.csv.gz: gzip_invalid; cut.ndjson.gz: gzip_invalid');
    expect(isOpened).toBe(false);
  });

  it('fail where one is missing', async () => {
    const store = await storeOf([]);
    const files = [{ name: 'no.csv', store, key: 'no.csv', format: 'csv' as const }];
    expect((await failureOf({}, { files }))?.message).toBe('no file no.csv');
  });
});

describe('records over 1 MiB', () => {
  const MIB = 1024 * 1024;

  it('are listed with their places and not sent', async () => {
    const { tally, records } = await produce({
      'a.csv': ordersCsv([line('a'), 'x'.repeat(MIB + 1), line('b'), `"${'y'.repeat(3 * MIB)}`]),
      'b.ndjson': `{"a":"${'x'.repeat(MIB)}"}\n`,
    });

    expect(records.map(({ partitionKey }) => partitionKey)).toEqual(['a', 'b']);
    expect(tally.skippedCount).toBe(3);
    expect(tally.skipped).toEqual([
      { file: 'a.csv', offset: 110, bytes: null },
      { file: 'a.csv', offset: 1_048_728, bytes: 3 * MIB + 2 },
      { file: 'b.ndjson', offset: 0, bytes: null },
    ]);
  });

  it('are those that become so as an object, key included', async () => {
    const { tally, records } = await produce({
      'a.csv': ordersCsv([`o1,c,p,t,1,1,"${'""'.repeat(MIB / 2 - 30)}"`]),
      'b.csv': ordersCsv([`o2,c,p,t,1,1,"${'""'.repeat(MIB / 4)}"`]),
    });

    expect(tally.skippedCount).toBe(1);
    expect(tally.skipped[0].bytes).toBeGreaterThan(MIB);
    expect(records).toHaveLength(1);
  });
});

it('ends with the reason of the signal, and the tally says what was sent', async () => {
  const controller = new AbortController();
  const tally = new ProduceTally();
  const clock = new VirtualClock();
  const stream = new MemoryEventStream({ clock });
  const rows = Array.from({ length: 9_000 }, (_, i) => line(`o${i}`));
  const options = {
    files: await filesOf({ 'a.csv': ordersCsv(rows) }),
    openStream: async () => stream,
    clock,
    randomness: new CountingRandomness(),
    watermarkDelayMs: 60_000,
    isUnordered: false,
    ratePerSec: null,
    signal: controller.signal,
    onProgress: () => controller.abort(),
  };

  await expect(produceRecords(options, tally)).rejects.toThrow('This operation was aborted');

  expect(tally.records).toBeGreaterThan(1_000);
  expect(tally.records).toBeLessThan(9_000);
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
