import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ObjectNotFoundError } from '../../../lambdas/shared/model/errors.ts';
import { COUNT, objectWith } from '../../../lambdas/shared/model/shape.ts';
import {
  decodeStored,
  readStored,
  type StoredKind,
} from '../../../lambdas/shared/state/stored-json.ts';
import { hookedStore } from '../../support/hooked-store.ts';
import { MemoryObjectStore } from '../../support/memory/memory-object-store.ts';

const KIND: StoredKind = {
  what: 'thing',
  shape: objectWith({ a: COUNT }),
  missingCode: 'thing_missing',
  damagedCode: 'thing_damaged',
  wayOut: 'restore it',
};

const unpack = (bytes: Uint8Array) => zstdDecompressSync(bytes);

async function lakeWith(bytes: Uint8Array) {
  const lake = new MemoryObjectStore();
  await lake.put('k', bytes);
  return lake;
}

describe('a stored object', () => {
  it('is read, packed or not, with the keys that its kind does not name', async () => {
    const text = '{"a":1,"b":[2]}';
    const plain = await lakeWith(Buffer.from(text));
    const packed = await lakeWith(zstdCompressSync(text));

    expect(await readStored(plain, 'k', KIND)).toEqual({ a: 1, b: [2] });
    expect(await readStored(packed, 'k', KIND, unpack)).toEqual({ a: 1, b: [2] });
    expect(decodeStored(Buffer.from(text), 'k', KIND)).toEqual({ a: 1, b: [2] });
  });

  it('fails when it is missing, by the code of its kind where that has one', async () => {
    const { missingCode: _, ...withoutCode } = KIND;
    const lake = new MemoryObjectStore();

    await expect(readStored(lake, 'k', KIND)).rejects.toMatchObject({
      name: 'TerminalError',
      code: 'thing_missing',
      message: 'thing k is missing; restore it',
      cause: expect.any(ObjectNotFoundError),
    });
    await expect(readStored(lake, 'k', withoutCode)).rejects.toBeInstanceOf(ObjectNotFoundError);
  });

  it('fails when the store does', async () => {
    const broken = new Error('denied');
    const lake = hookedStore(new MemoryObjectStore(), () => Promise.reject(broken));

    await expect(readStored(lake, 'k', KIND)).rejects.toBe(broken);
  });

  it.each([
    ['', 'it is empty', 'it is empty'],
    ['{"a":', 'it is not JSON', 'it cannot be unpacked'],
    ['[]', 'it is [], not an object', 'it cannot be unpacked'],
    ['{"a":-1}', 'a is -1, not a whole number of 0 or more', 'it cannot be unpacked'],
  ])('fails when it is %j, and says what is wrong', (text, plain, packed) => {
    const failure = (problem: string) =>
      expect.objectContaining({
        name: 'TerminalError',
        code: 'thing_damaged',
        message: `thing k is damaged: ${problem}; restore it`,
      });

    expect(() => decodeStored(Buffer.from(text), 'k', KIND)).toThrow(failure(plain));
    expect(() => decodeStored(Buffer.from(text), 'k', KIND, unpack)).toThrow(failure(packed));
    if (text === '') return;
    expect(() => decodeStored(zstdCompressSync(text), 'k', KIND, unpack)).toThrow(failure(plain));
  });

  it('has the cause of what cannot be read', () => {
    expect(() => decodeStored(Buffer.from('{'), 'k', KIND)).toThrow(
      expect.objectContaining({ cause: expect.any(SyntaxError) }),
    );
  });
});
