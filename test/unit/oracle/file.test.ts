import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gunzipped, readFile } from '../../support/oracle/file.ts';

const COLUMNS = ['order_id', 'price'];
const HEADER = 'order_id,price\n';

const reasonOf = (text: string | Uint8Array) => readFile(Buffer.from(text), COLUMNS).reason;

describe('a file', () => {
  it.each([
    ['', 'empty'],
    ['\ufeff', 'empty'],
    ['\n\r\n', 'empty'],
    ['"order_id,price', 'column_missing: order_id'],
    ['order_id', 'column_missing: price'],
    ['price,order_id,price', 'column_repeated: price'],
    ['OrderId,price', 'column_missing: order_id'],
    ['x', 'column_missing: order_id'],
    ['sep=;\norder_id,price', 'column_missing: order_id'],
    ['Price,order_id,PRICE', 'column_repeated: price'],
    ['PK\x03\x04', 'format_unsupported: zip'],
  ])('of %j is rejected: %s', (text, reason) => {
    expect(reasonOf(text)).toBe(reason);
  });

  it('is rejected when its header is not UTF-8 or longer than 1 MiB', () => {
    expect(reasonOf(Buffer.from('order_id,price,\xff\n', 'latin1'))).toBe('header_unreadable');
    expect(reasonOf(`order_id,price,${'x'.repeat(1_048_562)}`)).toBe('header_unreadable');
    expect(reasonOf(`order_id,price,${'x'.repeat(1_048_561)}`)).toBe(null);
  });

  it('has its columns wherever the header names them', () => {
    const file = readFile(Buffer.from('\ufeff x , "price",x,\torder_id\n'), COLUMNS);

    expect(file.reason).toBe('column_missing: price');
    expect(readFile(Buffer.from('x, price\t,x,"order_id "\r\n'), COLUMNS)).toEqual({
      reason: null,
      kind: 'csv',
      delimiter: ',',
      columns: new Map([
        ['order_id', 3],
        ['price', 1],
      ]),
      fieldCount: 4,
      records: [],
      byteLength: 25,
    });
  });
});

describe('what is between columns', () => {
  it.each([
    ['order_id;price', ';'],
    ['order_id\tprice;x', ';'],
    ['order_id|price', '|'],
    ['"a,b";order_id;price', ';'],
    ['"a\n,b";order_id;price\n,', ';'],
    ['sep=|\r\norder_id|price', '|'],
    ['\n"sep=x"\norder_idxprice', 'x'],
    ['order_id,"a;b",price', ','],
  ])('in %j is %j', (text, delimiter) => {
    expect(readFile(Buffer.from(text), ['order_id'], [])).toMatchObject({ delimiter });
  });
});

describe('UTF-16', () => {
  const units = Buffer.from('\ufefforder_id;price\nö;1\n', 'utf16le');

  it('is read as its text in UTF-8', () => {
    for (const bytes of [units, Buffer.from(units).swap16(), gzipSync(units)]) {
      expect(readFile(bytes, COLUMNS)).toMatchObject({ records: [{ offset: 18 }] });
    }
  });

  it('is rejected with half a code unit or half a pair', () => {
    expect(reasonOf(units.subarray(0, -1))).toBe('encoding_invalid');
    expect(reasonOf(Buffer.concat([units, Buffer.of(0, 0xd8)]))).toBe('encoding_invalid');
  });
});

it('NDJSON begins with an object, after white space and a byte order mark', () => {
  expect(readFile(Buffer.from('\ufeff\n {}\nx'), COLUMNS)).toMatchObject({
    kind: 'ndjson',
    lines: [{ offset: 4 }, { offset: 8 }],
  });
});

describe('gzip', () => {
  const one = gzipSync(HEADER);
  const two = Buffer.concat([one, gzipSync(''), gzipSync('o1,5\n')]);
  const changed = (at: number, bit: number) => {
    const copy = Buffer.from(one);
    copy[at] ^= bit;
    return copy;
  };

  it('is read over all its members', () => {
    expect(gunzipped(two)?.toString()).toBe('order_id,price\no1,5\n');
  });

  it('is read with a name, a comment, further bytes and the header sum', () => {
    const named = Buffer.concat([
      changed(3, 8 | 16 | 4).subarray(0, 10),
      Buffer.from('0200ff00', 'hex'),
      Buffer.from('n\0c\0'),
      one.subarray(10),
    ]);

    expect(gunzipped(named)?.toString()).toBe('order_id,price\n');
  });

  it.each([
    ['cut in the header', one.subarray(0, 9)],
    ['cut in the data', one.subarray(0, 14)],
    ['cut in the trailer', one.subarray(0, -1)],
    ['cut between members and bytes of one', two.subarray(0, one.length + 3)],
    ['followed by a zero', Buffer.concat([one, Buffer.of(0)])],
    ['followed by text', Buffer.concat([one, Buffer.from(HEADER)])],
    ['with a wrong checksum', changed(one.length - 8, 1)],
    ['with a wrong length', changed(one.length - 1, 1)],
    ['with a reserved flag', changed(3, 0x20)],
  ])('is invalid when %s', (_, bytes) => {
    expect(reasonOf(bytes)).toBe('gzip_invalid');
  });

  it('of nothing is an empty file', () => {
    expect(reasonOf(gzipSync(''))).toBe('empty');
    expect(reasonOf('')).toBe('empty');
  });
});
