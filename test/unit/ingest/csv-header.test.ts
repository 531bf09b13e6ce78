import { describe, expect, it } from 'vitest';
import { parseHeader } from '../../../lambdas/shared/ingest/csv-header.ts';
import { csvLayout } from '../../../lambdas/shared/ingest/csv-layout.ts';

const FIELDS = ['a', 'b'];
const header = (text: string | Uint8Array, isLast = true, required = FIELDS) => {
  const bytes = Buffer.from(text);
  return parseHeader(bytes, bytes.length, isLast, { fields: FIELDS, required });
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
    ['A, B \n', [0, 1]],
    ['"B",x,A\n', [1, -1, 0]],
    ['a,A,b\n', [0, -1, 1]],
    ['A,B,b,a\n', [-1, -1, 1, 0]],
  ])('takes names in other letters where none is exact: %j', (text, fields) => {
    expect(header(text)).toMatchObject({ kind: 'header', layout: { fields } });
  });

  it.each([
    ['a;b\n', ';', [0, 1]],
    ['a\tb|x\n', '\t', [0, -1]],
    ['a|b\n', '|', [0, 1]],
    ['a\n', ',', [0]],
    ['a;"x,y";b\n', ';', [0, -1, 1]],
    ['"x,y";a;b\r\n', ';', [-1, 0, 1]],
    ['a;b,x\n', ',', [-1, -1]],
    ['"a;x",b\n', ',', [-1, 1]],
    ['"a" ;"b"\n', ';', [0, 1]],
    ['sep=;\na;b,x\n', ';', [0, -1]],
    ['\ufeffSEP=|\r\n\r\nb|a\r\n', '|', [1, 0]],
    ['"sep=\t"\r\na\tb\n', '\t', [0, 1]],
    ['sep=,\na,b\n', ',', [0, 1]],
    ['sep=x\naxb\n', 'x', [0, 1]],
    ['sep=a,b\n', ',', [-1, 1]],
    ['sep=ü,b\n', ',', [-1, 1]],
  ])('reads %j with %j between columns', (text, delimiter, fields) => {
    expect(header(text, true, [])).toEqual({
      kind: 'header',
      layout: csvLayout(fields, delimiter.charCodeAt(0)),
      end: Buffer.byteLength(text),
    });
  });

  it.each([
    ['', 'empty'],
    ['\ufeff', 'empty'],
    ['\n\r\n', 'empty'],
    ['sep=;', 'empty'],
    ['sep=;\r\n\r\n', 'empty'],
    [
      '\r',
      'column_missing: a, b; the file has no column names in its first line; write them there',
    ],
    ['a\n', 'column_missing: b; the file has the columns a; rename the columns'],
    [
      '\ufeff\ufeffa,b\n',
      'column_missing: a; the file has the columns \\u{feff}a, b; rename the columns',
    ],
    ['a,b,a\n', 'column_repeated: a'],
    ['A,b,"A "\n', 'column_repeated: a ("A")'],
    [`a,b,${'x'.repeat(1024 * 1024)}`, 'header_unreadable'],
  ])('rejects %j', (text, reason) => {
    expect(header(text)).toEqual({ kind: 'rejected', reason });
  });

  it('rejects bytes that are not UTF-8', () => {
    const bytes = Buffer.from('a,b,\xff\n', 'latin1');
    expect(header(bytes)).toEqual({ kind: 'rejected', reason: 'header_unreadable' });
  });

  it('waits for more while the header may go on', () => {
    expect(header('', false)).toEqual({ kind: 'incomplete', start: 0, skipRows: 0 });
    expect(header('\n\na,b', false)).toEqual({ kind: 'incomplete', start: 2, skipRows: 0 });
    expect(header(`a,b,${'x'.repeat(1024 * 1024 - 4)}\r`, false)).toMatchObject({
      kind: 'incomplete',
    });
    expect(header('\ufeff\na,"\n', false)).toEqual({ kind: 'incomplete', start: 4, skipRows: 0 });
    expect(header('\nsep=', false)).toEqual({ kind: 'incomplete', start: 1, skipRows: 0 });
    expect(header('\nsep=;\n\n\n\n\n', false)).toEqual({
      kind: 'incomplete',
      start: 1,
      skipRows: 0,
    });
    expect(header('a;"b\n";', false)).toEqual({ kind: 'incomplete', start: 0, skipRows: 0 });
  });

  it('does not wait for the end of one that is too long', () => {
    const text = 'x'.repeat(1024 * 1024 + 2);
    expect(header(text, false)).toEqual({ kind: 'rejected', reason: 'header_unreadable' });
    expect(header(`sep=;\n${text}`, false)).toEqual({
      kind: 'rejected',
      reason: 'header_unreadable',
    });
  });
});
