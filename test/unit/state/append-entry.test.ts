import { expect, it } from 'vitest';
import { appendEntry } from '../../../lambdas/shared/state/append-entry.ts';
import { readHead, readLog } from '../../../lambdas/shared/state/fold.ts';
import {
  A_HEAD,
  append,
  fence,
  fillLog,
  openWorld,
  PARENT,
  putHead,
  records,
  SHARD,
} from '../../support/shard-logs.ts';

it('moves HEAD, and does so once', async () => {
  const { context } = await openWorld();
  await fillLog(context, SHARD, []);
  const own = { shardId: SHARD, head: A_HEAD };

  expect(await appendEntry(context, own, fence(1), { floor: 7 })).toBe('committed');
  expect(await readHead(context, SHARD)).toMatchObject({ version: 1, floorMs: 7 });
  expect(await appendEntry(context, own, fence(1), {})).toBe('raced');
  // Another version is no way around: HEAD is not as it was read.
  expect(await appendEntry(context, own, fence(2), {})).toBe('raced');
  expect((await readLog(context, SHARD, 1, 9)).map(({ version }) => version)).toEqual([1]);
});

it('never writes over an entry', async () => {
  const { context } = await openWorld();
  await fillLog(context, SHARD, [records(1, 'a', 1)]);
  const head = { ...A_HEAD, version: 1 };

  expect(await appendEntry(context, { shardId: SHARD, head }, fence(1), {})).toBe('raced');
  expect((await readLog(context, SHARD, 1, 1))[0].kind).toBe('records');
});

it('leaves a sealed shard as it is', async () => {
  const { context } = await openWorld();
  await putHead(context, SHARD, { sealed: true });

  expect(await append(context, SHARD, fence(1))).toBe('raced');
});

it('does all that belongs to it or nothing', async () => {
  const { context } = await openWorld();
  await fillLog(context, SHARD, []);
  const key = context.keys.head(PARENT);
  const never = { kind: 'check', key, tests: [] } as const;
  const own = { shardId: SHARD, head: A_HEAD };

  expect(await appendEntry(context, own, fence(1), {}, [never])).toBe('raced');
  expect((await readHead(context, SHARD))?.version).toBe(0);
});
