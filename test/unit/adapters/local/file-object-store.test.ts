import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileObjectStore } from '../../../../lambdas/shared/adapters/local/file-object-store.ts';
import {
  ObjectNotFoundError,
  PreconditionFailedError,
  RetryableError,
  TerminalError,
} from '../../../../lambdas/shared/model/errors.ts';

let root: string;
let store: FileObjectStore;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tandem-files-'));
  store = new FileObjectStore(root);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const at = (...names: string[]): string => join(root, ...names);

async function keysOf(prefix = ''): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
}

describe('files and folders', () => {
  it('holds an object in a file of that name', async () => {
    await store.put('a/b.csv', text('1'));

    expect(readFileSync(at('a/b.csv'), 'utf8')).toBe('1');
    expect(store.pathOf('a/b.csv')).toBe(at('a/b.csv'));
  });

  it('leaves no other file behind', async () => {
    await store.put('a', text('1'));
    const { etag } = await store.put('a', text('2'), {
      ifMatch: (await store.head('a'))?.etag ?? '',
    });
    await store.put('a', text('3'), { ifMatch: etag });
    await store.put('a', text('4'));
    await expect(store.put('a', text('5'), { ifMatch: etag })).rejects.toThrow();
    await expect(store.put('a', text('5'), { ifNoneMatch: true })).rejects.toThrow();

    expect(readdirSync(root)).toEqual(['a']);
  });

  it('makes its root when it is first needed, and lists nothing before', async () => {
    store = new FileObjectStore(at('not/there/yet'));

    expect(await keysOf()).toEqual([]);
    expect(await store.head('a')).toBeNull();
    await store.delete(['a']);
    await store.put('a', text('1'));
    expect(await keysOf()).toEqual(['a']);
  });

  it('removes folders that became empty, and never the root', async () => {
    await store.put('a/b/c/d', text('1'));
    await store.put('a/e', text('2'));

    await store.delete(['a/b/c/d']);
    expect(readdirSync(at('a'))).toEqual(['e']);

    await store.delete(['a/e']);
    expect(readdirSync(root)).toEqual([]);
  });

  it('removes the folders that an aborted writer made, and no others', async () => {
    mkdirSync(at('was/here'), { recursive: true });
    const writers = [store.openWriter('new/deep/a'), store.openWriter('was/here/deep/a')];
    for (const writer of writers) await writer.write(text('1'));
    for (const writer of writers) await writer.abort();

    expect(readdirSync(root)).toEqual(['was']);
    expect(readdirSync(at('was'))).toEqual(['here']);
    expect(readdirSync(at('was/here'))).toEqual([]);
  });

  it('lets others have their turn while one reads and reads', async () => {
    await store.put('a', text('1'));
    let isHeard = false;
    setImmediate(() => {
      isHeard = true;
    });

    for (let reads = 0; reads < 20_000 && !isHeard; reads++) await store.get('a');

    expect(isHeard).toBe(true);
  });

  it('fails when a key is no path below its root', async () => {
    const bad = ['/', '/a', 'a/', 'a//b', '.', '..', '../a', 'a/../b', 'a/./b', 'a\0b'];
    const range = { startByte: 0, endByte: 1 };

    for (const key of bad) {
      await expect(store.head(key)).rejects.toThrow(RangeError);
      await expect(store.get(key)).rejects.toThrow(RangeError);
      await expect(store.getInto(key, new Uint8Array(1), { range })).rejects.toThrow(RangeError);
      await expect(store.put(key, text('1'))).rejects.toThrow(RangeError);
      await expect(store.delete(['fine', key])).rejects.toThrow(RangeError);
      expect(() => store.openWriter(key)).toThrow(RangeError);
    }
    for (const prefix of ['/', '/a', '../', 'a/../', 'a//', './', '..', 'a/..', 'a\0']) {
      await expect(keysOf(prefix)).rejects.toThrow(RangeError);
    }
  });

  it('keeps its own names for itself', async () => {
    await expect(store.put('a/.tandem-lock', text('1'))).rejects.toThrow('file store reserves');
    await expect(store.get('.tandem-tmp-x/b')).rejects.toThrow('file store reserves');

    writeFileSync(at('.tandem-tmp-x'), 'left by a killed process');
    writeFileSync(at('.tandem-demo'), 'an ordinary name');
    expect(await keysOf()).toEqual(['.tandem-demo']);
    expect(await keysOf('.tandem-tmp-')).toEqual([]);
  });

  it('does not take a folder for an object, and does not remove it', async () => {
    mkdirSync(at('folder'));

    expect(await store.head('folder')).toBeNull();
    await expect(store.get('folder')).rejects.toThrow(ObjectNotFoundError);
    await store.delete(['folder']);
    expect(existsSync(at('folder'))).toBe(true);
    expect(await keysOf()).toEqual([]);
  });
});

describe('what the operating system refuses', () => {
  it('fails when a folder or a file stands in the way, and names the key', async () => {
    await store.put('a/b', text('1'));

    for (const key of ['a', 'a/b/c']) {
      for (const condition of [{}, { ifNoneMatch: true } as const]) {
        const put = store.put(key, text('2'), condition);
        await expect(put).rejects.toThrow(TerminalError);
        await expect(put).rejects.toMatchObject({
          code: 'storage_error',
          message: expect.stringMatching(`^${key}: a (folder|file) (of|has)`),
        });
      }
    }
    expect(readdirSync(root)).toEqual(['a']);
    expect(readdirSync(at('a'))).toEqual(['b']);
  });

  it('fails when the root is a file', async () => {
    writeFileSync(at('file'), '');
    store = new FileObjectStore(at('file'));

    await expect(keysOf()).rejects.toMatchObject({ code: 'storage_error' });
    await expect(store.put('a', text('1'))).rejects.toMatchObject({ code: 'storage_error' });
  });

  it('fails when a name is too long for the file system', async () => {
    const key = 'x'.repeat(300);

    expect(await store.head(key)).toBeNull();
    await expect(store.put(key, text('1'))).rejects.toThrow('too long');
    expect(readdirSync(root)).toEqual([]);
  });

  it('takes the longest name that the file system allows', async () => {
    const key = 'x'.repeat(255);
    const { etag } = await store.put(key, text('1'));
    await store.put(key, text('2'), { ifMatch: etag });

    expect(await keysOf()).toEqual([key]);
  });

  it.runIf(process.platform === 'linux')('fails when a name is not UTF-8', async () => {
    writeFileSync(Buffer.concat([Buffer.from(at('bad-')), Buffer.from([0xff])]), '');

    await expect(keysOf()).rejects.toThrow('not UTF-8');
    expect(await keysOf('other')).toEqual([]);
  });

  it.runIf(process.platform !== 'win32')('passes over a pipe without waiting for it', async () => {
    execFileSync('mkfifo', [at('pipe')]);

    expect(await keysOf()).toEqual([]);
    await expect(store.get('pipe')).rejects.toThrow(ObjectNotFoundError);
  });

  it.runIf(process.getuid?.() !== 0)('fails when a file may not be read', async () => {
    await store.put('secret', text('1'));
    execFileSync('chmod', ['000', at('secret')]);

    await expect(store.get('secret')).rejects.toThrow('secret: permission denied (EACCES)');
  });
});

describe('symbolic links', () => {
  it('follows links to files and folders', async () => {
    await store.put('real/a', text('1'));
    symlinkSync(at('real'), at('folder-link'));
    symlinkSync(at('real/a'), at('file-link'));

    expect(await keysOf()).toEqual(['file-link', 'folder-link/a', 'real/a']);
    expect(Buffer.from(await store.get('folder-link/a')).toString()).toBe('1');
  });

  it('passes over links that lead nowhere, to themselves or upwards', async () => {
    await store.put('a/b/c', text('1'));
    symlinkSync(at('gone'), at('dangling'));
    symlinkSync(at('loop'), at('loop'));
    symlinkSync(root, at('a/b/up'));
    symlinkSync(at('a'), at('a/b/parent'));

    expect(await keysOf()).toEqual(['a/b/c']);
    expect(await store.head('loop')).toBeNull();
  });

  it('ends where two folders link to each other', async () => {
    await store.put('a/x', text('1'));
    await store.put('b/y', text('2'));
    symlinkSync(at('b'), at('a/to-b'));
    symlinkSync(at('a'), at('b/to-a'));

    expect(await keysOf()).toEqual(['a/to-b/y', 'a/x', 'b/to-a/x', 'b/y']);
  });

  it('replaces the link, not the file behind it', async () => {
    await store.put('target', text('1'));
    symlinkSync(at('target'), at('link'));

    await store.put('link', text('2'));

    expect(readFileSync(at('target'), 'utf8')).toBe('1');
    expect(readFileSync(at('link'), 'utf8')).toBe('2');
  });
});

describe('versions', () => {
  it('sees a change that another program makes in place', async () => {
    const { etag } = await store.put('a', text('one'));
    appendFileSync(at('a'), ' more');

    await expect(store.get('a', { ifMatch: etag })).rejects.toThrow(PreconditionFailedError);
    await expect(store.put('a', text('two'), { ifMatch: etag })).rejects.toThrow(
      PreconditionFailedError,
    );
  });

  it('sees another file under the name, with the same size and time', async () => {
    const { etag } = await store.put('a', text('one'));
    const { modifiedAtMs } = (await store.head('a')) ?? { modifiedAtMs: 0 };
    writeFileSync(at('other'), 'two');
    rmSync(at('a'));
    linkSync(at('other'), at('a'));
    utimesSync(at('a'), modifiedAtMs / 1_000, modifiedAtMs / 1_000);

    await expect(store.get('a', { ifMatch: etag })).rejects.toThrow(PreconditionFailedError);
  });

  it('fails when a file changes between two pieces of a stream', async () => {
    await store.put('a', new Uint8Array(3 * 1024 * 1024));
    const stream = store.stream('a')[Symbol.asyncIterator]();
    await stream.next();

    appendFileSync(at('a'), 'more');

    await expect(stream.next()).rejects.toThrow(RetryableError);
  });

  it('streams the version it began with to the end when the object is replaced', async () => {
    await store.put('a', new Uint8Array(3 * 1024 * 1024).fill(1));
    const stream = store.stream('a')[Symbol.asyncIterator]();
    await stream.next();

    await store.put('a', text('new'));

    const { value } = await stream.next();
    expect(value?.[0]).toBe(1);
  });
});
