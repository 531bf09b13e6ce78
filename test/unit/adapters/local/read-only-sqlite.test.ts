import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalEventStream } from '../../../../lambdas/shared/adapters/local/local-event-stream.ts';
import { SqliteStateStore } from '../../../../lambdas/shared/adapters/local/sqlite-state-store.ts';
import { SystemClock } from '../../../../lambdas/shared/runtime/clock.ts';

const clock = new SystemClock();
const KEY = { pk: 'p', sk: 's' };

let dir: string;
let statePath: string;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tandem-reader-'));
  statePath = join(dir, 'state/stream/state.sqlite');
  const state = await SqliteStateStore.open({ lakeRoot: dir, clock });
  await state.transact([{ kind: 'put', key: KEY, attributes: { n: 1 }, ifAbsent: true }], 't');
  state.close();
  const stream = await LocalEventStream.open({ dir, name: 'orders', clock, shardCount: 2 });
  stream.close();
});
afterEach(() => rmSync(dir, { recursive: true }));

const openState = () => SqliteStateStore.openToRead({ lakeRoot: dir, clock });
const openStream = () => LocalEventStream.openToRead({ dir, name: 'orders', clock });

async function readItem(): Promise<unknown> {
  const state = await openState();
  try {
    return (await state?.get(KEY))?.attributes;
  } finally {
    state?.close();
  }
}

/** SQLite cannot make the file of its shared memory, as on a disk that is full or read-only. */
function forbidFilesBeside(path: string): void {
  mkdirSync(`${path}-shm`);
}

describe('a file that is opened to be read', () => {
  it('makes nothing', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'tandem-reader-'));
    expect(await SqliteStateStore.openToRead({ lakeRoot: empty, clock })).toBeNull();
    await expect(
      LocalEventStream.openToRead({ dir: empty, name: 'orders', clock }),
    ).rejects.toMatchObject({ code: 'stream_not_found' });
    expect(readdirSync(empty)).toEqual([]);
    rmSync(empty, { recursive: true });

    const before = readdirSync(dir, { recursive: true }).sort();
    expect(await readItem()).toEqual({ n: 1 });
    (await openStream()).close();
    expect(readdirSync(dir, { recursive: true }).sort()).toEqual(before);
  });

  it('is read where nothing can be made beside it', async () => {
    forbidFilesBeside(statePath);
    forbidFilesBeside(join(dir, 'stream.sqlite'));

    expect(await readItem()).toEqual({ n: 1 });
    const stream = await openStream();
    expect((await stream.listShards()).map(({ shardId }) => shardId)).toEqual([
      'shardId-000000000000',
      'shardId-000000000001',
    ]);
    stream.close();
  });

  it('is refused, by its name, where a log beside it cannot be read', async () => {
    symlinkSync('/nowhere/at/all', `${statePath}-shm`);
    writeFileSync(`${statePath}-wal`, 'changes that nobody has taken over');

    await expect(openState()).rejects.toMatchObject({
      code: 'storage_error',
      message:
        `${statePath}: its latest changes are in state.sqlite-wal, which cannot be read here here; ` +
        'open it once with write access to its folder',
    });
  });

  it('is read beside whoever writes to it', async () => {
    const writer = await SqliteStateStore.open({ lakeRoot: dir, clock });
    const put = { kind: 'update', key: KEY, set: { n: 2 }, tests: [] } as const;
    await writer.transact([put], 'u');

    expect(await readItem()).toEqual({ n: 2 });
    writer.close();
  });

  it('is refused by its name where it is no database, or cut', async () => {
    const streamPath = join(dir, 'stream.sqlite');
    const whole = readFileSync(streamPath);
    for (const bytes of [Buffer.from('no database, '.repeat(100)), whole.subarray(0, 5_000)]) {
      writeFileSync(streamPath, bytes);
      await expect(openStream()).rejects.toMatchObject({
        code: 'storage_error',
        message: expect.stringContaining(`${streamPath}: `),
      });
      writeFileSync(statePath, bytes);
      await expect(openState()).rejects.toMatchObject({
        code: 'storage_error',
        message: expect.stringContaining(`${statePath}: `),
      });
    }
  });

  it('holds nothing where it is empty', async () => {
    writeFileSync(statePath, '');
    writeFileSync(join(dir, 'stream.sqlite'), '');

    expect(await openState()).toBeNull();
    await expect(openStream()).rejects.toMatchObject({ code: 'stream_not_found' });
  });
});

describe('what a file holds', () => {
  const change = (path: string, sql: string) => {
    const db = new DatabaseSync(path);
    db.exec(sql);
    db.close();
  };

  it('is damaged, by the name of file and item, where an item is no JSON', async () => {
    change(statePath, `UPDATE item SET attributes = '{"n":'`);

    await expect(readItem()).rejects.toMatchObject({
      code: 'state_damaged',
      message: expect.stringContaining(`${statePath}: item p s is damaged; restore the file`),
    });
  });

  it.each([
    ['it does not name its stream', 'DELETE FROM stream'],
    ['a shard row cannot be read', `UPDATE shard SET parent_indexes = 'x'`],
    ['a shard row cannot be read', `UPDATE shard SET hash_key_start = 'x'`],
  ])('is damaged where %s', async (problem, sql) => {
    const path = join(dir, 'stream.sqlite');
    change(path, sql);

    const looked = async () => {
      const stream = await openStream();
      try {
        return await stream.listShards();
      } finally {
        stream.close();
      }
    };

    await expect(looked()).rejects.toMatchObject({
      code: 'stream_damaged',
      message: `${path} is damaged: ${problem}; restore the file`,
    });
  });
});
