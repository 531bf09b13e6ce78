import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileObjectStore } from '../../../../lambdas/shared/adapters/local/file-object-store.ts';
import { withFolderLock } from '../../../../lambdas/shared/adapters/local/folder-lock.ts';
import {
  isStaleTemporary,
  OWNER,
  temporaryName,
} from '../../../../lambdas/shared/adapters/local/reserved-names.ts';
import { keysOf } from '../../../contract/store-facts.ts';

const run = promisify(execFile);
const racer = join(import.meta.dirname, '../../../contract/racing-process.ts');
/** Larger than any process number that a system gives. */
const NO_PROCESS = '4999999';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tandem-lock-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function race(mode: string, times: number): Promise<unknown[]> {
  const children = Array.from({ length: 3 }, () =>
    run(process.execPath, [racer, mode, root, `${times}`]),
  );
  return (await Promise.all(children)).map(({ stdout }) => JSON.parse(stdout));
}

const ownerOf = (pid: string, start = ''): string => `${OWNER.split('-')[0]}-${pid}-${start}`;

describe('processes that race', () => {
  it('lets one of them create each object', async () => {
    const created = (await race('create', 200)) as number[][];

    expect(created.flat().toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 200 }, (_, i) => i),
    );
  });

  it('loses no update of a counter, and leaves nothing but the counter', async () => {
    await race('count', 150);

    expect(Number(readFileSync(join(root, 'race/count'), 'utf8'))).toBe(450);
    expect(readdirSync(join(root, 'race'))).toEqual(['count']);
  });
});

describe('a lock that is left behind', () => {
  it('is taken over when its process is gone', async () => {
    writeFileSync(join(root, '.tandem-lock'), ownerOf(NO_PROCESS));

    expect(await withFolderLock(root, () => 'mine')).toBe('mine');
    expect(readdirSync(root)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')(
    'is taken over when its process number belongs to a younger process',
    async () => {
      writeFileSync(join(root, '.tandem-lock'), ownerOf(`${process.pid}`, '1'));

      expect(await withFolderLock(root, () => 'mine')).toBe('mine');
    },
  );

  it('is taken over when nobody wrote a name into it for long', async () => {
    writeFileSync(join(root, '.tandem-lock'), '');

    expect(await withFolderLock(root, () => 'mine')).toBe('mine');
    expect(readdirSync(root)).toEqual([]);
  });

  it('is held by whoever has just made it and not yet written a name', async () => {
    const lockPath = join(root, '.tandem-lock');
    writeFileSync(lockPath, '');
    let isHeld = true;
    setTimeout(() => {
      isHeld = false;
      rmSync(lockPath);
    }, 100);

    expect(await withFolderLock(root, () => isHeld)).toBe(false);
  });

  it('is taken over by several processes without losing an update', async () => {
    const store = new FileObjectStore(root);
    await store.put('race/count', Buffer.from('000000'));
    writeFileSync(join(root, 'race/.tandem-lock'), ownerOf(NO_PROCESS));

    await race('count', 50);

    expect(Number(readFileSync(join(root, 'race/count'), 'utf8'))).toBe(150);
  });

  it('is waited for while its process lives', async () => {
    const lockPath = join(root, '.tandem-lock');
    writeFileSync(lockPath, OWNER);
    let isReleased = false;
    const waiting = withFolderLock(root, () => isReleased);
    setImmediate(() => {
      isReleased = true;
      rmSync(lockPath);
    });

    expect(await waiting).toBe(true);
  });

  it('is released when the work under it fails', async () => {
    const failing = withFolderLock(root, () => {
      throw new Error('disk on fire');
    });

    await expect(failing).rejects.toThrow('disk on fire');
    expect(readdirSync(root)).toEqual([]);
  });
});

describe('temporary files of killed processes', () => {
  it('are never listed, and are removed once their process is gone', async () => {
    const module = join(
      import.meta.dirname,
      '../../../../lambdas/shared/adapters/local/file-object-store.ts',
    );
    const script = `
      import { FileObjectStore } from ${JSON.stringify(module)};
      const writer = new FileObjectStore(${JSON.stringify(root)}).openWriter('tables/part');
      await writer.write(new Uint8Array(1_000_000));
      process.kill(process.pid, 'SIGKILL');`;
    const killed = run(process.execPath, ['--input-type=module', '-e', script]);
    await expect(killed).rejects.toMatchObject({ signal: 'SIGKILL' });
    const store = new FileObjectStore(root);

    expect(readdirSync(join(root, 'tables'))).toHaveLength(1);
    expect(await keysOf(store)).toEqual([]);
    expect(await store.removeStaleTemporaries('tables/')).toBe(1);
    expect(readdirSync(root)).toEqual([]);
  });

  it('are removed, with the folders they kept, and those of living ones stay', async () => {
    const store = new FileObjectStore(root);
    const open = store.openWriter('b/live');
    await open.write(Buffer.from('1'));
    await store.put('a/kept', Buffer.from('1'));
    for (const folder of ['a', 'b', 'c/d']) {
      await store.put(`${folder}/x`, Buffer.from('1'));
      writeFileSync(join(root, folder, `.tandem-tmp-${ownerOf(NO_PROCESS)}-0-1`), 'half');
      await store.delete([`${folder}/x`]);
    }
    expect(statSync(join(root, 'c/d')).isDirectory()).toBe(true);

    expect(await store.removeStaleTemporaries()).toBe(3);

    expect(readdirSync(root)).toEqual(['a', 'b']);
    await open.commit();
    expect(readdirSync(join(root, 'b'))).toEqual(['live']);
    expect(await store.removeStaleTemporaries('a/')).toBe(0);
  });

  it('are told by their names alone', () => {
    expect(isStaleTemporary(temporaryName())).toBe(false);
    expect(isStaleTemporary(`.tandem-tmp-${ownerOf(NO_PROCESS)}-0-1`)).toBe(true);
    expect(isStaleTemporary(`.tandem-tmp-000000000000-${NO_PROCESS}--0-1`)).toBe(false);
    expect(isStaleTemporary('orders.csv')).toBe(false);
  });
});
