import { describe, expect, it } from 'vitest';
import type { TableName } from '../../../../lambdas/shared/model/tables.ts';
import type { TableFile } from '../../../../lambdas/shared/parquet/table-file.ts';
import type { StateStore } from '../../../../lambdas/shared/ports/state-store.ts';
import { jsonBytes, parseJson } from '../../../../lambdas/shared/runtime/json.ts';
import { isAddedTo } from '../../../../lambdas/shared/state/manifest-chain.ts';
import type { StreamContext } from '../../../../lambdas/shared/state/stream-context.ts';
import type { StreamManifest } from '../../../../lambdas/shared/state/stream-manifest.ts';
import { ADA, ADA_ERASED, EraseWorld, WITH_ADA } from '../../../support/erase-world.ts';
import { hookedStore } from '../../../support/hooked-store.ts';
import { currentManifest } from '../../../support/stream-steps.ts';

/** What changes objects; a list of keys is deleted as one. */
const CHANGES: readonly string[] = ['put', 'commit', 'delete'];

/** Epochs of both customers; the second one is without the first of them. */
async function worldWith(epochs: number): Promise<EraseWorld> {
  const world = await EraseWorld.open({ shardCount: 1 });
  await world.putCustomers(WITH_ADA);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    await world.publish([
      { order_id: `a${epoch}`, customer_id: epoch === 2 ? 'c2' : 'c1' },
      { order_id: `b${epoch}`, customer_id: 'c2' },
    ]);
  }
  await world.putReport(['c1']);
  await world.putCustomers(ADA_ERASED);
  return world;
}

type DiesBefore = (change: { number: number; operation: string; key: string }) => boolean;

/** The world of a process that dies before a change. */
function dying(context: StreamContext, diesBefore: DiesBefore): StreamContext {
  let number = 0;
  const change = (operation: string, key: string) => {
    number += 1;
    if (diesBefore({ number, operation, key })) throw new Error('killed');
  };
  const lake = hookedStore(context.lake, (operation, key) => {
    if (CHANGES.includes(operation)) change(operation, key);
  });
  const state: StateStore = {
    get: (key) => context.state.get(key),
    query: (pk, range) => context.state.query(pk, range),
    async transact(operations, token) {
      change('transact', '');
      return await context.state.transact(operations, token);
    },
  };
  return { ...context, lake, state };
}

/** True where it was killed; false where it had no such change to make. */
async function eraseUntil(world: EraseWorld, diesBefore: DiesBefore): Promise<boolean> {
  try {
    await world.erase({}, dying(world.context, diesBefore));
    return false;
  } catch (error) {
    expect((error as Error).message).toBe('killed');
    return true;
  }
}

const idsOf = async (world: EraseWorld) => (await world.orders()).map(({ order_id }) => order_id);

describe('an erasure that is killed', () => {
  it('before any of its changes leaves whole tables, and the next one finishes', async () => {
    let isKilled = true;
    let dieAt = 1;
    for (; isKilled; dieAt++) {
      const world = await worldWith(3);
      const ids = await idsOf(world);
      const { revenue } = await currentManifest(world.world);

      isKilled = await eraseUntil(world, ({ number }) => number >= dieAt);

      expect(await idsOf(world), `${dieAt}`).toEqual(ids);
      expect(await world.faults(), `${dieAt}`).toEqual([]);
      await world.erase();
      expect(await idsOf(world), `${dieAt}`).toEqual(ids);
      expect(await world.keysWith(ADA), `${dieAt}`).toEqual([]);
      expect(await currentManifest(world.world)).toMatchObject({ revenue });
      expect(await world.faults(), `${dieAt}`).toEqual([]);
    }
    // Files and manifests of two epochs, the copy, the plan, HEAD, and what is removed.
    expect(dieAt).toBeGreaterThanOrEqual(9);
  });

  it('again and again, while epochs are published, ends with nothing left', async () => {
    const world = await worldWith(3);
    for (let round = 1; await eraseUntil(world, ({ number }) => number > round); round++) {
      await world.publish([{ order_id: `n${round}`, customer_id: 'c1' }]);
      expect(await world.orders()).toHaveLength(6 + round);
      expect(await world.faults()).toEqual([]);
    }
    expect(await world.keysWith(ADA)).toEqual([]);
    expect(await world.faults()).toEqual([]);
  });
});

/** As the hundredth epoch is written: it lists the files of those before, and the next names it. */
async function makeComplete(world: EraseWorld, epoch: number): Promise<void> {
  const { lake } = world.world;
  const { lakeKeys } = world.context;
  const read = async (number: number) =>
    parseJson<StreamManifest>(await lake.get(lakeKeys.manifest(number)));
  const all: Record<string, TableFile[]> = {};
  for (let number = epoch; number >= 1; number--) {
    for (const [name, { files }] of Object.entries((await read(number)).tables)) {
      const isListed = number === epoch || isAddedTo(name as TableName);
      if (isListed) all[name] = [...(all[name] ?? []), ...files];
    }
  }
  const tables = Object.fromEntries(Object.entries(all).map(([name, files]) => [name, { files }]));
  const put = (number: number, manifest: object) =>
    lake.put(lakeKeys.manifest(number), jsonBytes(manifest));
  await put(epoch, { ...(await read(epoch)), complete: true, tables });
  const next = await read(epoch + 1);
  await put(epoch + 1, { ...next, previous_complete: lakeKeys.manifest(epoch) });
}

describe('complete manifests', () => {
  it('follow the epochs whose files they list, whenever it is killed', async () => {
    const world = await worldWith(4);
    await makeComplete(world, 3);
    const ids = await idsOf(world);
    const complete = world.context.lakeKeys.manifest(3);
    const first = world.context.lakeKeys.manifest(1);
    const isPutOf = (wanted: string): DiesBefore => {
      return ({ operation, key }) => operation === 'put' && key === wanted;
    };
    const isDelete: DiesBefore = ({ operation }) => operation === 'delete';
    for (const diesBefore of [isPutOf(first), isPutOf(complete), isDelete]) {
      expect(await eraseUntil(world, diesBefore)).toBe(true);
      expect(await idsOf(world)).toEqual(ids);
      expect(await world.faults()).toEqual([]);
    }
    await world.erase();
    expect(await idsOf(world)).toEqual(ids);
    expect(await world.keysWith(ADA)).toEqual([]);
    expect(await world.faults()).toEqual([]);
  });
});

describe('two erasures side by side', () => {
  it('of two customers lose nothing and leave nothing', async () => {
    const world = await worldWith(4);
    await world.putCustomers('customer_id\nc1\nc2\n');
    const ids = await idsOf(world);

    await Promise.all([world.erase(), world.erase({ customerId: 'c2' }), world.erase()]);

    expect(await idsOf(world)).toEqual(ids);
    expect(await world.faults()).toEqual([]);
    await world.erase();
    await world.erase({ customerId: 'c2' });
    expect(await world.keysWith('@example.org')).toEqual([]);
    expect(await world.faults()).toEqual([]);
  });
});
