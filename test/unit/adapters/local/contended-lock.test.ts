import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FileObjectStore } from '../../../../lambdas/shared/adapters/local/file-object-store.ts';
import { withFolderLock } from '../../../../lambdas/shared/adapters/local/folder-lock.ts';
import { OWNER } from '../../../../lambdas/shared/adapters/local/reserved-names.ts';

/** What happens between two system calls of a lock, and what the system refuses. */
type BeforeOpen = (name: string, flags: unknown) => void;
const hook = vi.hoisted(() => ({ beforeOpen: null as BeforeOpen | null }));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  const openSync: typeof real.openSync = (path, flags, mode) => {
    hook.beforeOpen?.(String(path), flags);
    return real.openSync(path, flags, mode);
  };
  return { ...real, openSync };
});

/** Larger than any process number that a system gives. */
const DEAD = `${OWNER.split('-')[0]}-4999999-`;

let root: string;
let lockPath: string;
beforeEach(() => {
  root = fs.mkdtempSync(join(tmpdir(), 'tandem-contended-'));
  lockPath = join(root, '.tandem-lock');
});
afterEach(() => {
  hook.beforeOpen = null;
  fs.rmSync(root, { recursive: true, force: true });
});

const isMarker = (path: string) => basename(path).startsWith('.tandem-lock-');

function refuse(code: string): never {
  throw Object.assign(new Error(`${code}: no room`), { code, syscall: 'open' });
}

describe('an abandoned lock that two find', () => {
  it('is not taken from the one that was faster', async () => {
    fs.writeFileSync(lockPath, DEAD);
    let isTakenByOther = false;
    let looks = 0;
    hook.beforeOpen = (path) => {
      if (isMarker(path) && !isTakenByOther) {
        // The other one has removed it, and holds one of its own, before our marker is there.
        isTakenByOther = true;
        fs.unlinkSync(lockPath);
        fs.writeFileSync(lockPath, OWNER);
      } else if (path === lockPath && isTakenByOther && ++looks === 3) {
        fs.unlinkSync(lockPath);
      }
    };

    await withFolderLock(root, () => 'mine');

    // Taken with the third look, when the other one had let go of it.
    expect([isTakenByOther, looks]).toEqual([true, 3]);
    expect(fs.readdirSync(root)).toEqual([]);
  });

  it('is left to the one that is removing it', async () => {
    fs.writeFileSync(lockPath, DEAD);
    const { ino, mtimeNs } = fs.statSync(lockPath, { bigint: true });
    const markerPath = `${lockPath}-${ino.toString(36)}-${mtimeNs.toString(36)}`;
    fs.writeFileSync(markerPath, OWNER);
    const seen: string[][] = [];
    hook.beforeOpen = (path) => {
      if (path !== lockPath) return;
      seen.push(fs.readdirSync(root).sort());
      if (seen.length === 3) fs.unlinkSync(markerPath);
    };

    await withFolderLock(root, () => 'mine');

    const both = [basename(lockPath), basename(markerPath)];
    expect(seen).toEqual([both, both, both, []]);
  });

  it.each([
    ['another owner in the same file', OWNER, false],
    ['the same owner at another time', DEAD, true],
  ])('is another one with %s', async (_name, owner, isOtherTime) => {
    const write = (text: string) => {
      fs.writeFileSync(lockPath, text);
      fs.utimesSync(lockPath, 1_767_225_600, isOtherTime && hasChanged ? 2 : 1);
    };
    let hasChanged = false;
    write(DEAD);
    const locksSeen: boolean[] = [];
    hook.beforeOpen = (path) => {
      if (isMarker(path) && !hasChanged) {
        hasChanged = true;
        write(owner);
      } else if (path === lockPath && hasChanged) {
        locksSeen.push(fs.existsSync(lockPath));
        if (owner === OWNER && locksSeen.length === 1) fs.unlinkSync(lockPath);
      }
    };

    await withFolderLock(root, () => 'mine');

    // It was still there at the look after the change.
    expect(locksSeen[0]).toBe(true);
    expect(fs.readdirSync(root)).toEqual([]);
  });

  it('is taken over although whoever was removing it died', async () => {
    fs.writeFileSync(lockPath, DEAD);
    const { ino, mtimeNs } = fs.statSync(lockPath, { bigint: true });
    fs.writeFileSync(`${lockPath}-${ino.toString(36)}-${mtimeNs.toString(36)}`, DEAD);

    expect(await withFolderLock(root, () => 'mine')).toBe('mine');
    expect(fs.readdirSync(root)).toEqual([]);
  });
});

describe('a disk without room', () => {
  const fillUp = (code = 'ENOSPC') => {
    hook.beforeOpen = (_, flags) => {
      if (flags === 'wx') refuse(code);
    };
  };

  it.each(['ENOSPC', 'EDQUOT', 'EFBIG'])('lets objects be deleted (%s)', async (code) => {
    const store = new FileObjectStore(root);
    for (const key of ['a/1', 'a/2', 'b']) await store.put(key, Buffer.from('1'));
    fillUp(code);

    await store.delete(['a/1', 'a/2', 'b']);

    expect(fs.readdirSync(root)).toEqual([]);
  });

  it('lets objects be deleted beside a lock whose process is gone', async () => {
    const store = new FileObjectStore(root);
    await store.put('a', Buffer.from('1'));
    fs.writeFileSync(lockPath, DEAD);
    fillUp();

    await store.delete(['a']);

    expect(fs.readdirSync(root)).toEqual(['.tandem-lock']);
  });

  it('waits with deleting for whoever holds the lock', async () => {
    const store = new FileObjectStore(root);
    await store.put('a', Buffer.from('1'));
    fs.writeFileSync(lockPath, OWNER);
    let looks = 0;
    hook.beforeOpen = (path, flags) => {
      if (flags !== 'wx') return;
      if (path === lockPath && ++looks === 3) fs.unlinkSync(lockPath);
      refuse('ENOSPC');
    };

    await store.delete(['a']);

    expect(looks).toBe(3);
    expect(fs.readdirSync(root)).toEqual([]);
  });

  it('replaces no object without a lock', async () => {
    const store = new FileObjectStore(root);
    const { etag } = await store.put('a', Buffer.from('1'));
    hook.beforeOpen = (path) => {
      if (path === lockPath) refuse('ENOSPC');
    };

    await expect(store.put('a', Buffer.from('2'), { ifMatch: etag })).rejects.toMatchObject({
      code: 'storage_error',
      message: 'a: no space left on the device (ENOSPC)',
    });
    expect(Buffer.from(await store.get('a')).toString()).toBe('1');
    expect(fs.readdirSync(root)).toEqual(['a']);
  });

  it('needs no lock where nothing is to be deleted', async () => {
    const store = new FileObjectStore(root);
    await store.put('a', Buffer.from('1'));
    hook.beforeOpen = (_, flags) => {
      if (flags === 'wx') refuse('EROFS');
    };

    await store.delete(['b', 'c/d']);

    await expect(store.delete(['a'])).rejects.toMatchObject({
      message: 'a: the file system is read-only (EROFS)',
    });
  });
});

describe('locks of dead processes', () => {
  it('are removed with the temporaries, and those of living ones stay', async () => {
    fs.mkdirSync(join(root, 'a'));
    fs.mkdirSync(join(root, 'b'));
    fs.writeFileSync(join(root, 'a/.tandem-lock'), DEAD);
    fs.writeFileSync(join(root, 'b/.tandem-lock'), OWNER);

    expect(await new FileObjectStore(root).removeStaleTemporaries()).toBe(1);
    expect(fs.readdirSync(root)).toEqual(['b']);
  });
});
