import { describe, expect, it } from 'vitest';
import { scanEvent } from '../../../lambdas/shared/ingest/event-scanner.ts';
import { batchOver, scannedEvent, scannedRecords } from '../../support/scanned-records.ts';

const NOTHING = {
  order_id: null,
  customer_id: null,
  product_id: null,
  order_timestamp: null,
  quantity: null,
  price: null,
  status: null,
};

const valuesOf = (event: string) => scannedEvent(event).values;
const issueOf = (event: Uint8Array | string) => scannedEvent(event).issue;

describe('values', () => {
  it('finds the seven values of an event', () => {
    const event =
      '{"order_id":"o1","customer_id":"c17","product_id":"p3",' +
      '"order_timestamp":"2026-01-05T10:00:00Z","quantity":2,"price":19.90,"status":"done"}';

    expect(valuesOf(event)).toEqual({
      order_id: 'o1',
      customer_id: 'c17',
      product_id: 'p3',
      order_timestamp: '2026-01-05T10:00:00Z',
      quantity: '2',
      price: '19.90',
      status: 'done',
    });
  });

  it('finds them in any order, between unknown keys and white space', () => {
    const event =
      ' \t\r\n{ "status" :\t"done" ,"x":{"order_id":"inner","l":[1,{"a":[]},"]}"]},\n' +
      '"price":"1.50","order_id_":"longer","order_i":"shorter",' +
      '"":0,"order_id":"o1" , "y" : [ ] } \r';

    expect(valuesOf(event)).toEqual({ ...NOTHING, order_id: 'o1', price: '1.50', status: 'done' });
  });

  it('takes absent keys and null as no value', () => {
    expect(valuesOf('{}')).toEqual(NOTHING);
    expect(valuesOf('{"order_id":null,"price": null }')).toEqual(NOTHING);
    expect(valuesOf('{"order_id":""}')).toEqual({ ...NOTHING, order_id: '' });
  });

  it.each(['0', '-0', '12.50', '1e2', '1E+2', '-0.5e-10', '123456789012345678901234567890.000'])(
    'keeps the text of the number %s',
    (text) => {
      expect(valuesOf(`{"price":${text}}`)).toEqual({ ...NOTHING, price: text });
      expect(valuesOf(`{"price": ${text} ,"x":1}`)).toEqual({ ...NOTHING, price: text });
    },
  );

  it('decodes escapes', () => {
    const event = [
      String.raw`{"order_id":"\"\\\/\b\f\n\r\t"`,
      String.raw`"customer_id":"a\u0041\u00e9\u20AC\ud83d\ude00z"}`,
    ].join(',');

    expect(valuesOf(event)).toEqual({
      ...NOTHING,
      order_id: '"\\/\b\f\n\r\t',
      customer_id: 'aAé€😀z',
    });
  });

  it('decodes NUL and the borders of each UTF-8 length', () => {
    const borders = String.raw`\u0000\u007f\u0080\u07ff\u0800\uffff\ud800\udc00\udbff\udfff`;

    expect(valuesOf(`{"order_id":"${borders}"}`)?.order_id).toBe(
      '\0\x7f\x80\u07ff\u0800\uffff\u{10000}\u{10ffff}',
    );
  });

  it('knows a key that is written with escapes', () => {
    expect(valuesOf(String.raw`{"order\u005fid":"o1","pr\u0069ce":1}`)).toEqual({
      ...NOTHING,
      order_id: 'o1',
      price: '1',
    });
    expect(valuesOf(String.raw`{"order_id\n":"o1","order_id\ud800":"o2"}`)).toEqual(NOTHING);
  });

  it('keeps text that is not ASCII as it is', () => {
    expect(valuesOf('{"order_id":"日本-é-😀","ключ":"значение"}')?.order_id).toBe('日本-é-😀');
  });

  it('keeps blanks around a value', () => {
    expect(valuesOf('{"order_id":" o1\u00a0 "}')?.order_id).toBe(' o1\u00a0 ');
  });
});

describe('repeated keys', () => {
  it('lets the last one count', () => {
    expect(valuesOf('{"order_id":"a","order_id":"b"}')?.order_id).toBe('b');
    expect(valuesOf(String.raw`{"order_id":"a","order\u005fid":"\u0062"}`)?.order_id).toBe('b');
    expect(valuesOf('{"order_id":"a","order_id":null}')?.order_id).toBe(null);
  });

  it('forgets what was wrong with an earlier one', () => {
    expect(valuesOf('{"order_id":true,"order_id":"b"}')?.order_id).toBe('b');
    expect(valuesOf('{"order_id":{"a":[1]},"order_id":7}')?.order_id).toBe('7');
    expect(valuesOf(String.raw`{"order_id":"\ud800","order_id":"b"}`)?.order_id).toBe('b');
  });

  it('sees what is wrong with the last one', () => {
    expect(issueOf('{"order_id":"a","order_id":false}')).toBe('invalid_json');
    expect(issueOf(String.raw`{"order_id":"a","order_id":"\udc00"}`)).toBe('invalid_utf8');
  });
});

describe('record issues', () => {
  it.each([
    '',
    ' ',
    '[]',
    '"text"',
    '12',
    'null',
    '{',
    '{}{}',
    '{},',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{,"a":1}',
    '{"a" 1}',
    '{a:1}',
    "{'a':1}",
    '{"a":1 "b":2}',
    '{"a":[1,]}',
    '{"a":[1 2]}',
    '{"a":[}',
    '{"a":[1}',
    '{"a":{]}',
    '{"a":{"b":1,}}',
    '{"a":{"b"}}',
    '{"a":[',
    '{"a":"b',
    '{"a":"b"',
    '{"a":"b",',
    '{"a',
    '{"a":"\\',
    '{"a":"\\u12',
    '\ufeff{}',
    '{"a":NaN}',
    '{"a":Infinity}',
    '{"a":nul}',
    '{"a":nulll}',
    '{"a":True}',
    '{"a":undefined}',
    '{"a":1}//',
    '{"a":01}',
    '{"a":-}',
    '{"a":-01}',
    '{"a":+1}',
    '{"a":1.}',
    '{"a":.5}',
    '{"a":1e}',
    '{"a":1e+}',
    '{"a":0x10}',
    '{"a":"\t"}',
    '{"a":"\n"}',
    '{"a":"\0"}',
    '{"a":"\\x"}',
    '{"a":"\\u00g0"}',
    '{"a":"\\U0041"}',
    '\v{}',
    '{\f}',
    '{\u00a0}',
    '{"order_id":nul}',
    '{"order_id":1.}',
    '{"order_id":00}',
    '{"order_id":"\x1f"}',
    '{"order_id":"a\\"}',
    '{"order_id":"a"',
    '{"order_id',
    '{"order_id":',
    '{"order_id":1',
  ])('finds %j to be no JSON object', (text) => {
    expect(scannedEvent(text)).toMatchObject({ issue: 'invalid_json', values: null });
  });

  it.each(['true', 'false', '{}', '[]', '["o1"]', '{"order_id":"o1"}'])(
    'refuses %s as one of the seven values',
    (value) => {
      expect(issueOf(`{"order_id":"o1","status":${value}}`)).toBe('invalid_json');
      expect(issueOf(`{"order_id":"o1","other":${value}}`)).toBe(null);
    },
  );

  it('allows 512 levels, the object being one', () => {
    const nested = (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
    const objects = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

    expect(issueOf(nested(512))).toBe(null);
    expect(issueOf(nested(513))).toBe('invalid_json');
    expect(issueOf(objects(512))).toBe(null);
    expect(issueOf(objects(513))).toBe('invalid_json');
    expect(issueOf(nested(500_000))).toBe('invalid_json');
    expect(issueOf(`{"a":${'['.repeat(1_000_000)}`)).toBe('invalid_json');
  });

  it.each([
    [0xff],
    [0x80],
    [0xc3],
    [0xc0, 0xaf],
    [0xe2, 0x82],
    [0xed, 0xa0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
  ])('finds bytes that are not UTF-8, anywhere: %j', (...bytes) => {
    const around = (before: string, after: string) =>
      Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]);

    expect(issueOf(around('{"order_id":"', '"}'))).toBe('invalid_utf8');
    expect(issueOf(around('{"other":"', '"}'))).toBe('invalid_utf8');
    expect(issueOf(around('{"other', '":1}'))).toBe('invalid_utf8');
    expect(issueOf(around('{"other":[{"a":"', '"}]}'))).toBe('invalid_utf8');
    expect(issueOf(around('{} ', ''))).toBe('invalid_utf8');
    expect(issueOf(around('no JSON ', ''))).toBe('invalid_utf8');
    expect(issueOf(around('', '{}'))).toBe('invalid_utf8');
  });

  it.each([
    String.raw`\ud800`,
    String.raw`a\udbffz`,
    String.raw`\udc00`,
    String.raw`\ud800\ud800\udc00`,
    String.raw`\ud83d\n\ude00`,
    String.raw`\ude00\ud83d`,
    String.raw`\ud83d\u0041`,
  ])('finds half of a surrogate pair in a value of the seven: %s', (text) => {
    expect(issueOf(`{"status":"${text}"}`)).toBe('invalid_utf8');
    expect(issueOf(`{"status":"${text}","price":true}`)).toBe('invalid_utf8');
    expect(issueOf(`{"status":"${text}","x":${'['.repeat(600)}${']'.repeat(600)}}`)).toBe(
      'invalid_utf8',
    );
    expect(issueOf(`{"status":"${text}"`)).toBe('invalid_json');
    expect(issueOf(`{"other":"${text}","${text}":1}`)).toBe(null);
  });

  it('knows aggregated records of the Kinesis Producer Library', () => {
    const magic = Buffer.from('f3899ac2', 'hex');

    expect(issueOf(magic)).toBe('kpl_aggregated');
    expect(issueOf(Buffer.concat([magic, Buffer.from('{}')]))).toBe('kpl_aggregated');
    expect(issueOf(magic.subarray(0, 3))).toBe('invalid_utf8');
    expect(issueOf(Buffer.concat([Buffer.from(' '), magic]))).toBe('invalid_utf8');
  });

  it('refuses more than 1 MiB, before anything else', () => {
    const padded = (length: number) => `{"order_id":"o1"${' '.repeat(length - 17)}}`;
    const magic = Buffer.alloc(1_048_577);
    magic.write('f3899ac2', 'hex');

    expect(issueOf(padded(1_048_576))).toBe(null);
    expect(issueOf(padded(1_048_577))).toBe('record_too_long');
    expect(issueOf(magic)).toBe('record_too_long');
    expect(issueOf(magic.subarray(0, 1_048_576))).toBe('kpl_aggregated');
  });
});

describe('the batch', () => {
  it('gets one record an event, whatever the event before left behind', () => {
    const events = ['{"order_id":"a","price":1}', '{"order_id":true}', '{"status":"x"}', 'no'];
    const batch = batchOver(Buffer.from(events.join('')), 0);

    let at = 0;
    for (const event of events) {
      scanEvent(batch, at, at + event.length);
      at += event.length;
    }

    expect(scannedRecords(batch)).toEqual([
      { start: 0, end: 26, issue: null, values: { ...NOTHING, order_id: 'a', price: '1' } },
      { start: 26, end: 43, issue: 'invalid_json', values: null },
      { start: 43, end: 57, issue: null, values: { ...NOTHING, status: 'x' } },
      { start: 57, end: 59, issue: 'invalid_json', values: null },
    ]);
  });

  it('gets the room back that a rejected event has taken', () => {
    const rejected = String.raw`{"order_id":"\u0041","status":"\ud800"}`;
    const batch = batchOver(Buffer.from(rejected), 50);

    scanEvent(batch, 0, rejected.length);

    expect(batch.roomAt).toBe(rejected.length);
  });
});
