import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ProduceTally, produceRecords } from '../../../../lib/embedded/produce/produce-records.ts';
import { HEADER, ordersCsv, storeOf } from '../../../support/batch-runs.ts';
import { MemoryEventStream } from '../../../support/memory/memory-event-stream.ts';
import { VirtualClock } from '../../../support/memory/virtual-clock.ts';
import { failureOf, filesOf, line, produce } from '../../../support/produced.ts';
import { CountingRandomness } from '../../../support/stream-world.ts';

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

it('reads a file by what it is, not by its name', async () => {
  const csv = ordersCsv(['o1,c1,p1,t,1,2,done']);
  const row =
    '{"order_id":"o1","customer_id":"c1","product_id":"p1","order_timestamp":"t",' +
    '"quantity":"1","price":"2","status":"done"}';
  const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');
  const { texts, tally } = await produce({
    'a.ndjson': csv.replaceAll(',', ';'),
    'b.txt': gzipSync(csv),
    'EXPORT.CSV': csv.toUpperCase().replaceAll('_', ' ').toLowerCase(),
    c: utf16(csv),
    'd.csv': utf16('{"order_id":"ö"}\n'),
    'e.csv.gz': '\ufeff{"order_id":"o2"}\n',
  });

  expect(texts).toEqual([row, row, row, row, '{"order_id":"ö"}', '{"order_id":"o2"}']);
  expect(tally.skippedCount).toBe(0);
});

it('sends nothing where batch would reject a file for what it is', async () => {
  const files = await filesOf({
    'a.csv': 'PK\x03\x04',
    'b.csv': gzipSync('PAR1\x15'),
    'c.csv': Buffer.from('\ufeffa\ud83d', 'utf16le'),
    'd.csv': '',
  });

  await expect(produce({}, { files })).rejects.toMatchObject({
    code: 'file_rejected',
    message:
      'nothing was sent: a.csv: format_unsupported: zip; b.csv: format_unsupported: parquet; ' +
      'c.csv: encoding_invalid; d.csv: empty',
  });
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
      { file: 'a.csv', offset: 1_048_728, bytes: null },
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
    maxAheadMs: 5 * 60_000,
    sort: null,
    isUnordered: false,
    ratePerSec: null,
    signal: controller.signal,
    onProgress: () => controller.abort(),
  };

  await expect(produceRecords(options, tally)).rejects.toThrow('This operation was aborted');

  expect(tally.records).toBeGreaterThan(1_000);
  expect(tally.records).toBeLessThan(9_000);
});
