import { describe, expect, it } from 'vitest';
import { parseHeader } from '../../../lambdas/shared/ingest/csv-header.ts';
import { csvLayout } from '../../../lambdas/shared/ingest/csv-layout.ts';

const REQUIRED = ['a', 'b'];
const header = (text: string | Uint8Array, isLast = true) => {
  const bytes = Buffer.from(text);
  return parseHeader(bytes, bytes.length, isLast, REQUIRED);
};

describe('parseHeader', () => {
  it.each([
    ['a,b\n', [0, 1], 4],
    ['a,b', [0, 1], 3],
    ['b,a\r\n1,2\r\n', [1, 0], 5],
    ['\ufeffa,b\n', [0, 1], 7],
    ['\n\r\na,b\n', [0, 1], 7],
    ['\ufeff\n\na,b\n', [0, 1], 9],
    [' a\t,"b "\n', [0, 1], 9],
    ['x,a,"y\n,",b,x\n', [-1, 0, -1, 1, -1], 14],
    ['a,b,,\n', [0, 1, -1, -1], 6],
    ['a,b\r', [0, 1], 4],
    ['a,b,"a\n', [0, 1, -1], 7],
    ['"a" ,"b"\t\r\n"c\n', [0, 1], 11],
  ])('reads %j', (text, layout, end) => {
    expect(header(text)).toEqual({ kind: 'header', layout: csvLayout(layout), end });
  });

  it.each([
    ['', 'empty'],
    ['\ufeff', 'empty'],
    ['\n\r\n', 'empty'],
    ['\r', 'column_missing: a, b'],
    ['a\n', 'column_missing: b'],
    ['A,b\n', 'column_missing: a'],
    ['\ufeff\ufeffa,b\n', 'column_missing: a'],
    ['a,b,a\n', 'column_repeated: a'],
    [`a,b,${'x'.repeat(1024 * 1024)}`, 'header_unreadable'],
  ])('rejects %j', (text, reason) => {
    expect(header(text)).toEqual({ kind: 'rejected', reason });
  });

  it('rejects bytes that are not UTF-8', () => {
    const bytes = Buffer.from('a,b,\xff\n', 'latin1');
    expect(header(bytes)).toEqual({ kind: 'rejected', reason: 'header_unreadable' });
  });

  it('waits for more while the header may go on', () => {
    expect(header('', false)).toEqual({ kind: 'incomplete', start: 0 });
    expect(header('\n\na,b', false)).toEqual({ kind: 'incomplete', start: 2 });
    expect(header(`a,b,${'x'.repeat(1024 * 1024 - 4)}\r`, false)).toMatchObject({
      kind: 'incomplete',
    });
    expect(header('\ufeff\na,"\n', false)).toEqual({ kind: 'incomplete', start: 4 });
  });

  it('does not wait for the end of one that is too long', () => {
    const text = 'x'.repeat(1024 * 1024 + 2);
    expect(header(text, false)).toEqual({ kind: 'rejected', reason: 'header_unreadable' });
  });
});
