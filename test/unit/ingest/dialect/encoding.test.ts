import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { checkEncoding } from '../../../../lambdas/shared/ingest/dialect/encoding.ts';
import { openInput } from '../../../../lambdas/shared/ingest/open-input.ts';

async function read(bytes: Uint8Array, encoding: string, pieceBytes = 3) {
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      yield bytes.subarray(at, at + pieceBytes);
    }
  }
  const { kind, isDecoded, startOffset, source } = await openInput(pieces(), { encoding });
  const parts: Buffer[] = [];
  for (;;) {
    const target = new Uint8Array(1_000);
    const count = await source.read(target);
    if (count === 0) break;
    parts.push(Buffer.from(target.subarray(0, count)));
  }
  return { kind, isDecoded, startOffset, text: Buffer.concat(parts).toString() };
}

const bytesOf = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const utf16le = (text: string) => Buffer.from(text, 'utf16le');

describe('checkEncoding', () => {
  it.each([
    ['windows-1252', 'windows-1252'],
    [' Latin1 ', 'windows-1252'],
    ['ISO-8859-15', 'iso-8859-15'],
    ['sjis', 'shift_jis'],
    ['UTF8', 'utf-8'],
    ['utf-16', 'utf-16le'],
    ['ebcdic', null],
    ['', null],
    ['iso-2022-kr', null],
  ])('of %j is %j', (label, name) => {
    expect(checkEncoding(label)).toBe(name);
  });
});

describe('openInput with an encoding', () => {
  it.each([
    ['windows-1252', bytesOf('fc 2c 80 0a'), 'ü,€\n'],
    ['latin1', bytesOf('fc 2c 80 0a'), 'ü,€\n'],
    ['iso-8859-15', bytesOf('fc 2c a4 0a'), 'ü,€\n'],
    ['windows-1251', bytesOf('c4 e0 0a'), 'Да\n'],
    ['shift_jis', bytesOf('83 65 83 58 83 67 2c b1 0a'), 'テスト,ｱ\n'],
    ['gb18030', bytesOf('d6 d0 2c a2 e3 0a'), '中,€\n'],
    ['utf-16le', utf16le('ä;😀\n'), 'ä;😀\n'],
    ['utf-16be', utf16le('ä;😀\n').swap16(), 'ä;😀\n'],
  ])('decodes %s, in pieces of any size and in gzip', async (label, bytes, text) => {
    const expected = { kind: 'csv', isDecoded: true, startOffset: 0, text };

    for (const pieceBytes of [1, 2, 3, 100]) {
      expect(await read(bytes, label, pieceBytes)).toEqual(expected);
    }
    expect(await read(gzipSync(bytes), label)).toEqual(expected);
  });

  it('decodes every byte of windows-1252', async () => {
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);

    const { text } = await read(Buffer.concat([Buffer.from('a,'), all]), 'windows-1252');

    expect([...text]).toHaveLength(258);
    expect(text).not.toContain('\ufffd');
  });

  it('reads UTF-8 as it is', async () => {
    const bytes = Buffer.from('ü,€\n');

    expect(await read(bytes, 'utf8')).toMatchObject({ isDecoded: false, text: 'ü,€\n' });
  });

  it.each([
    ['UTF-8', Buffer.from('\ufeffü\n'), false],
    ['UTF-16', utf16le('\ufeffü\n'), true],
    ['UTF-16, big end first', utf16le('\ufeffü\n').swap16(), true],
    ['UTF-16 in gzip', gzipSync(utf16le('\ufeffü\n')), true],
  ])('believes a byte order mark of %s', async (_what, bytes, isDecoded) => {
    for (const label of ['windows-1252', 'utf-16be', 'utf-16le']) {
      expect(await read(bytes, label)).toMatchObject({ isDecoded, text: '\ufeffü\n' });
    }
  });

  it('finds NDJSON by its decoded text', async () => {
    const text = '{"a":"ü"}\n';

    for (const [bytes, label] of [
      [utf16le(text), 'utf-16le'],
      [Buffer.from(text, 'latin1'), 'latin1'],
    ] as const) {
      expect(await read(bytes, label)).toEqual({
        kind: 'ndjson',
        isDecoded: true,
        startOffset: 0,
        text,
      });
    }
  });

  it.each([
    ['half a character', 'shift_jis', bytesOf('61 83')],
    ['a byte that is no character', 'windows-1253', bytesOf('61 aa')],
    ['half a code unit', 'utf-16le', bytesOf('61 00 61')],
    ['half a surrogate pair', 'utf-16le', bytesOf('3d d8 61 00')],
  ])('fails when it meets %s', async (_what, label, bytes) => {
    await expect(read(bytes, label)).rejects.toMatchObject({ reason: 'encoding_invalid' });
  });

  it.each([
    ['zip', Buffer.from('PK\x03\x04'), 'format_unsupported: zip'],
    ['gzip in gzip', gzipSync(gzipSync('a')), 'format_unsupported: gzip in gzip'],
  ])('does not take %s for text', async (_what, bytes, reason) => {
    await expect(read(bytes, 'latin1')).rejects.toMatchObject({ reason });
  });
});
