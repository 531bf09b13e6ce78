import { expect, it } from 'vitest';
import { PreconditionFailedError } from '../../../lambdas/shared/model/errors.ts';
import { putOnce } from '../../../lambdas/shared/state/put-once.ts';
import { hookedStore } from '../../support/hooked-store.ts';
import { MemoryObjectStore } from '../../support/memory/memory-object-store.ts';

const KEY = 'state/a.json';
const BYTES = Buffer.from('abc');

it('puts an object, and leaves one with equal bytes as it is', async () => {
  const lake = new MemoryObjectStore();

  await putOnce(lake, KEY, BYTES);
  const first = await lake.head(KEY);
  await putOnce(lake, KEY, BYTES);

  expect(Buffer.from(await lake.get(KEY)).toString()).toBe('abc');
  expect(await lake.head(KEY)).toEqual(first);
});

it.each(['abd', 'ab', 'abcd', ''])('fails when %j is there, and keeps it', async (others) => {
  const lake = new MemoryObjectStore();
  await lake.put(KEY, Buffer.from(others));

  await expect(putOnce(lake, KEY, BYTES)).rejects.toMatchObject({
    name: 'TerminalError',
    code: 'epoch_differs',
    message: expect.stringContaining(KEY),
    cause: expect.any(PreconditionFailedError),
  });
  expect(Buffer.from(await lake.get(KEY)).toString()).toBe(others);
});

it('fails when the store does, also where the object is there', async () => {
  const broken = new Error('disk full');
  const lake = new MemoryObjectStore();
  const store = hookedStore(lake, (operation) => {
    if (operation === 'put') throw broken;
  });

  await expect(putOnce(store, KEY, BYTES)).rejects.toBe(broken);
  await lake.put(KEY, BYTES);
  await expect(putOnce(store, KEY, BYTES)).rejects.toBe(broken);
});
