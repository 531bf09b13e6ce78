import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openInput } from '../../../lambdas/shared/ingest/open-input.ts';

const MIB = 1024 * 1024;
const utf16le = (text: string) => Buffer.from(text, 'utf16le');
const utf16be = (text: string) => utf16le(text).swap16();

/** In pieces of so many bytes; `onEnd`: when the reader has let go of them. */
async function* piecesOf(bytes: Uint8Array, pieceBytes: number, onEnd = () => {}) {
  try {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      yield bytes.subarray(at, at + pieceBytes);
    }
  } finally {
    onEnd();
  }
}

async function read(bytes: Uint8Array, pieceBytes = 64 * 1024) {
  const { kind, isDecoded, source, startOffset } = await openInput(piecesOf(bytes, pieceBytes));
  const parts: Buffer[] = [];
  for (;;) {
    const target = new Uint8Array(1_000);
    const count = await source.read(target);
    if (count === 0) break;
    parts.push(Buffer.from(target.subarray(0, count)));
  }
  return { kind, isDecoded, startOffset, text: Buffer.concat(parts).toString() };
}

describe('openInput', () => {
  it.each([
    ['plain', Buffer.from('a,b\n'), 'csv', false],
    ['gzip', gzipSync('a,b\n'), 'csv', true],
    ['gzip of two members', Buffer.concat([gzipSync('a,'), gzipSync('b\n')]), 'csv', true],
  ])('reads CSV that is %s, in pieces of any size', async (_name, bytes, kind, isDecoded) => {
    for (const pieceBytes of [1, 2, 3, 100]) {
      const expected = { kind, isDecoded, startOffset: 0, text: 'a,b\n' };
      expect(await read(bytes, pieceBytes)).toEqual(expected);
    }
  });

  it.each([
    ['little end first', utf16le('\ufeffä;😀\n')],
    ['big end first', utf16be('\ufeffä;😀\n')],
    ['in gzip', gzipSync(utf16le('\ufeffä;😀\n'))],
  ])('decodes UTF-16 to UTF-8, its byte order mark too: %s', async (_name, bytes) => {
    for (const pieceBytes of [1, 2, 3, 100]) {
      expect(await read(bytes, pieceBytes)).toEqual({
        kind: 'csv',
        isDecoded: true,
        startOffset: 0,
        text: '\ufeffä;😀\n',
      });
    }
  });

  it('begins NDJSON behind its byte order mark', async () => {
    const expected = { kind: 'ndjson', startOffset: 3, text: '{}\n' };

    expect(await read(Buffer.from('\ufeff{}\n'))).toMatchObject(expected);
    expect(await read(gzipSync('\ufeff{}\n'))).toMatchObject(expected);
    expect(await read(utf16be('\ufeff{}\n'))).toMatchObject(expected);
  });

  it('reads on behind the bytes that it looked at', async () => {
    const text = `${'\n'.repeat(2_000_000)}{}${' '.repeat(100_000)}`;

    expect((await read(gzipSync(text))).text).toBe(text);
    expect(await read(Buffer.from(`${'\n'.repeat(900_000)}{}`))).toMatchObject({ kind: 'ndjson' });
  });

  it.each([
    ['gzip that is cut', gzipSync('a,b\n').subarray(0, 15), 'gzip_invalid'],
    ['gzip with bytes behind it', Buffer.concat([gzipSync('a'), Buffer.of(0)]), 'gzip_invalid'],
    ['UTF-16 with an odd byte', Buffer.concat([utf16le('\ufeffa'), Buffer.of(0x61)]), 'encoding'],
    ['half of a surrogate pair', utf16le('\ufeffa\ud83d,b'), 'encoding'],
    ['half of one at the end', utf16be('\ufeffa\ud83d'), 'encoding'],
    ['zip', Buffer.from('PK\x03\x04'), 'format_unsupported: zip'],
    ['zip in gzip', gzipSync('PK\x03\x04'), 'format_unsupported: zip'],
    ['gzip in gzip', gzipSync(gzipSync('a')), 'format_unsupported: gzip in gzip'],
  ])('says why %s cannot be read', async (_name, bytes, reason) => {
    const expected = reason === 'encoding' ? 'encoding_invalid' : reason;

    await expect(read(bytes)).rejects.toMatchObject({ reason: expected });
  });

  it.each([
    ['plain', Buffer.alloc(MIB, 'a')],
    ['gzip', gzipSync(Buffer.alloc(4 * MIB, 'a'), { level: 0 })],
  ])('lets go of what it reads when it is closed: %s', async (_name, bytes) => {
    let ended = 0;
    const opened = await openInput(piecesOf(bytes, 50_000, () => ended++));
    expect(ended).toBe(0);

    await opened.close();
    await opened.close();

    expect(ended).toBe(1);
  });

  it('lets go of what it cannot read', async () => {
    let ended = 0;
    const zip = piecesOf(Buffer.from(`PK\x03\x04${' '.repeat(99_999)}`), 5_000, () => ended++);

    await expect(openInput(zip)).rejects.toMatchObject({ reason: 'format_unsupported: zip' });
    expect(ended).toBe(1);
  });

  it('passes on errors of what it reads as they are', async () => {
    const failure = new Error('failed by a test');
    async function* failing() {
      yield gzipSync('a'.repeat(99_999)).subarray(0, 20);
      throw failure;
    }

    await expect(openInput(failing())).rejects.toBe(failure);
  });
});
