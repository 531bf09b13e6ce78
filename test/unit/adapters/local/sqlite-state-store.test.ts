import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  SqliteStateStore,
  type SqliteStateStoreOptions,
} from '../../../../lambdas/shared/adapters/local/sqlite-state-store.ts';
import { RetryableError, TerminalError } from '../../../../lambdas/shared/model/errors.ts';
import type { StateStore } from '../../../../lambdas/shared/ports/state-store.ts';
import { SystemClock } from '../../../../lambdas/shared/runtime/clock.ts';
import {
  attributesOf,
  commit,
  newToken,
  put,
  queried,
  sksOf,
} from '../../../contract/state-facts.ts';
import { runUntilKilled } from '../../../support/killed-process.ts';

const run = promisify(execFile);
const racer = join(import.meta.dirname, '../../../contract/racing-state.ts');

let lakeRoot: string;
let file: string;
const opened: SqliteStateStore[] = [];
beforeEach(() => {
  lakeRoot = mkdtempSync(join(tmpdir(), 'tandem-state-'));
  file = join(lakeRoot, 'state/stream/state.sqlite');
});
afterEach(() => {
  for (const store of opened.splice(0)) store.close();
  rmSync(lakeRoot, { recursive: true, force: true });
});

async function open(options: Partial<SqliteStateStoreOptions> = {}): Promise<SqliteStateStore> {
  const store = await SqliteStateStore.open({ lakeRoot, clock: new SystemClock(), ...options });
  opened.push(store);
  return store;
}

/** HEAD, the log, and the copies of its entries belong together after every transaction. */
async function expectWhole(store: StateStore, pk: string): Promise<number> {
  const version = Number((await attributesOf(store, pk, 'HEAD'))?.version);
  const entries = await queried(store, pk, { from: 'LOG#', to: 'LOG#~' });
  const copies = await queried(store, `${pk}-copy`);
  expect(entries.map((entry) => Number(entry.key.sk.slice(4)))).toEqual(
    Array.from({ length: version }, (_, i) => i + 1),
  );
  expect(copies.map(({ key, attributes }) => [key.sk, attributes])).toEqual(
    entries.map(({ key, attributes }) => [key.sk, attributes]),
  );
  return version;
}

describe('a file of state', () => {
  it('lies in the lake and keeps its items for the next process', async () => {
    const first = await open();
    await commit(first, put('p', 'nul\0sk', { text: 'nul\0', bytes: new Uint8Array([0, 1]) }));
    first.close();

    const second = await open();

    expect(second.path).toBe(file);
    expect(await queried(second, 'p')).toEqual([
      {
        key: { pk: 'p', sk: 'nul\0sk' },
        attributes: { text: 'nul\0', bytes: new Uint8Array([0, 1]) },
      },
    ]);
  });

  it('knows the tokens of an earlier process', async () => {
    const token = newToken();
    const first = await open();
    await first.transact([put('p', 'a', { x: 1 })], token);
    await commit(first, put('p', 'a', { x: 2 }));
    first.close();

    const second = await open();

    expect(await second.transact([put('p', 'a', { x: 1 })], token)).toEqual({
      status: 'committed',
    });
    expect(await attributesOf(second, 'p', 'a')).toEqual({ x: 2 });
  });

  it('shows each reader what another one wrote, also one that has left a query', async () => {
    const [a, b] = [await open(), await open()];
    const data = new Uint8Array(300_000);
    await commit(a, ...Array.from({ length: 9 }, (_, i) => put('p', `${i}`, { data })));
    for await (const item of a.query('p')) if (item.key.sk === '1') break;

    await commit(b, put('p', 'a', { x: 1 }));
    expect(await attributesOf(a, 'p', 'a')).toEqual({ x: 1 });
    await commit(a, put('p', 'a', { x: 2 }));
    expect(await attributesOf(b, 'p', 'a')).toEqual({ x: 2 });
  });

  it('can be tried again when another process holds it for too long', async () => {
    const store = await open({ busyTimeoutMs: 20 });
    await commit(store, put('p', 'a', { x: 1 }));
    const holder = new DatabaseSync(file);
    holder.exec('BEGIN IMMEDIATE');

    const refused = store.transact([put('p', 'a', { x: 2 })], newToken());
    await expect(refused).rejects.toThrow(RetryableError);
    await expect(refused).rejects.toThrow(file);
    expect(await attributesOf(store, 'p', 'a')).toEqual({ x: 1 });

    holder.exec('ROLLBACK');
    holder.close();
    await commit(store, put('p', 'a', { x: 2 }));
  });

  it('refuses what does not fit on a full disk, and goes on when there is space', async () => {
    const store = await open({ maxSizeBytes: 1_000_000 });
    const data = new Uint8Array(200_000);
    const fill = async () => {
      for (let i = 0; ; i++) await store.transact([put('p', `${i}`, { data })], newToken());
    };

    const full = await fill().catch((error: unknown) => error);
    expect(full).toBeInstanceOf(TerminalError);
    expect(full).toMatchObject({ code: 'storage_error' });
    expect(String(full)).toContain(`${file}: no space left on the device`);

    const sks = await sksOf(store, 'p');
    expect(sks.length).toBeGreaterThan(1);
    for (const { attributes } of await queried(store, 'p')) expect(attributes).toEqual({ data });
    await commit(store, { kind: 'delete', key: { pk: 'p', sk: '0' } });
    await commit(store, put('p', 'again', { data }));
    expect(await sksOf(store, 'p')).toEqual([...sks.slice(1), 'again']);
  });

  it('fails when the file is no database, damaged or of a later version', async () => {
    mkdirSync(join(lakeRoot, 'state/stream'), { recursive: true });
    writeFileSync(file, 'not a database'.repeat(100));
    await expect(open()).rejects.toThrow('it is not a SQLite database');

    rmSync(file);
    const later = new DatabaseSync(file);
    later.exec('PRAGMA user_version = 2');
    later.close();
    await expect(open()).rejects.toMatchObject({ code: 'storage_version_differs' });
  });

  it('fails when a file stands where its folder is needed', async () => {
    writeFileSync(join(lakeRoot, 'state'), '');

    await expect(open()).rejects.toMatchObject({ code: 'storage_error' });
  });
});

describe('processes that append to one log', () => {
  it('lose no entry and write none twice', async () => {
    const store = await open();
    await commit(store, put('p', 'HEAD', { version: 0 }));

    const printed = await Promise.all(
      [0, 1, 2].map(
        async () => (await run(process.execPath, [racer, lakeRoot, 'p', '100'])).stdout,
      ),
    );

    const versions = printed.flatMap((text) => text.trim().split('\n').map(Number));
    expect(versions.toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 300 }, (_, i) => i + 1),
    );
    expect(await expectWhole(store, 'p')).toBe(300);
  });

  it.each([1, 13, 90, 400])(
    'leave whole transactions, all that were answered, when killed after %i',
    async (lineCount) => {
      const store = await open();
      await commit(store, put('p', 'HEAD', { version: 0 }));

      const answered = await Promise.all(
        [0, 1].map(() => runUntilKilled(racer, [lakeRoot, 'p', '100000'], lineCount)),
      );

      const version = await expectWhole(store, 'p');
      const versions = answered.flat().map(Number);
      expect(new Set(versions).size).toBe(versions.length);
      expect(Math.max(...versions)).toBeLessThanOrEqual(version);
      // At most the last transaction of each was not answered.
      expect(version - versions.length).toBeLessThanOrEqual(2);
      await commit(store, put('p', 'after', {}));
    },
  );

  it('make the file once', async () => {
    const racers = Array.from({ length: 3 }, () =>
      run(process.execPath, [racer, lakeRoot, 'p', '0']),
    );

    await Promise.all(racers);

    await commit(await open(), put('p', 'a', {}));
  });
});
