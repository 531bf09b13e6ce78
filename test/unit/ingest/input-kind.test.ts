import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { hasUtf8Mark, isDecoded, kindOf } from '../../../lambdas/shared/ingest/input-kind.ts';

const KIB = 1024;
const kind = (content: string | Uint8Array, isLast = true) => {
  const bytes = Buffer.from(content);
  return kindOf(bytes, bytes.length, isLast);
};
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const CSV = { kind: 'csv', startByte: 0 };
const unsupported = (name: string) => ({ kind: 'unsupported', name });

describe('kindOf', () => {
  it.each([
    [''],
    ['a,b\n'],
    ['\ufeffa,b\n'],
    [' \n\t'],
    ['[{"a":1}]'],
    ['PAR1,PAR2\n'],
    ['BZh9,order_id\n'],
    ['PK,order_id\n'],
    ['sep=;\n'],
  ])('takes %j for CSV', (text) => {
    expect(kind(text)).toEqual(CSV);
  });

  it.each([
    ['{}', 0],
    ['{"order_id":"o1"}\n', 0],
    [' \t\r\n\v\f{', 0],
    ['\ufeff{}', 3],
    ['\ufeff\n {}', 3],
  ])('takes %j for NDJSON that begins at %i', (text, startByte) => {
    expect(kind(text)).toEqual({ kind: 'ndjson', startByte });
  });

  it.each([
    ['gzip', gzipSync('a'), { kind: 'gzip' }],
    ['the first two bytes of gzip', hex('1f8b'), { kind: 'gzip' }],
    ['UTF-16, little end first', hex('fffe 7b00'), { kind: 'utf16', encoding: 'utf-16le' }],
    ['UTF-16, big end first', hex('feff 007b'), { kind: 'utf16', encoding: 'utf-16be' }],
    ['UTF-32', hex('fffe0000 7b000000'), unsupported('utf-32')],
    ['a zip file', hex('504b0304 14000000'), unsupported('zip')],
    ['an empty zip file', hex('504b0506 00000000'), unsupported('zip')],
    ['Parquet', Buffer.from('PAR1\x15\x04\x15'), unsupported('parquet')],
    ['bzip2', hex('425a6839 314159265359 00'), unsupported('bzip2')],
    ['bzip2 of nothing', hex('425a6839 177245385090 00'), unsupported('bzip2')],
    ['xz', hex('fd377a585a00 0004'), unsupported('xz')],
    ['zstd', hex('28b52ffd 20'), unsupported('zstd')],
    ['an old spreadsheet', hex('d0cf11e0a1b11ae1'), unsupported('xls')],
    ['tar', Buffer.from(`${'a.csv'.padEnd(257, '\0')}ustar`), unsupported('tar')],
  ])('knows %s', (_name, bytes, expected) => {
    expect(kind(bytes)).toEqual(expected);
  });

  it('tells a spreadsheet from other zip files by the names of its entries', () => {
    const zip = (...names: string[]) => Buffer.from(`PK\x03\x04....${names.join('....')}`);

    expect(kind(zip('[Content_Types].xml', '_rels/.rels'))).toEqual(unsupported('xlsx'));
    expect(kind(zip('_rels/.rels', 'xl/workbook.xml'))).toEqual(unsupported('xlsx'));
    expect(kind(zip('[Content_Types].xml', 'word/document.xml'))).toEqual(unsupported('zip'));
    expect(kind(zip('orders.csv'))).toEqual(unsupported('zip'));
  });

  it('asks for more bytes until they decide', () => {
    expect(kind('{', false)).toEqual({ kind: 'undecided' });
    expect(kind(' '.repeat(16 * KIB), false)).toEqual({ kind: 'undecided' });
    expect(kind(`{${' '.repeat(16 * KIB)}`, false)).toEqual({ kind: 'ndjson', startByte: 0 });
    expect(kind(`${'\n'.repeat(900 * KIB)}{`, false)).toEqual({ kind: 'ndjson', startByte: 0 });
    expect(kind('\n'.repeat(1_040 * KIB), false)).toEqual(CSV);
    expect(kind(`${'\n'.repeat(1_040 * KIB)}{`)).toEqual(CSV);
  });
});

describe('isDecoded', () => {
  it('is true for what one reader reads from its first byte to its last', () => {
    const kinds = ['csv', 'ndjson', 'gzip', 'utf16', 'whole', 'segment'] as const;

    expect(kinds.filter(isDecoded)).toEqual(['gzip', 'utf16', 'whole', 'segment']);
  });
});

describe('hasUtf8Mark', () => {
  it('looks at the first three bytes', () => {
    expect(hasUtf8Mark(Buffer.from('\ufeffa'))).toBe(true);
    expect(hasUtf8Mark(Buffer.from('a\ufeff'))).toBe(false);
    expect(hasUtf8Mark(Buffer.from('\ufeff').subarray(0, 2))).toBe(false);
  });
});
