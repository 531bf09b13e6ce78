import { beforeEach, describe, expect, it } from 'vitest';
import {
  moveEpochs,
  registerTables,
} from '../../../../lambdas/catalogue/register-tables/register-tables.ts';
import { RetryableError } from '../../../../lambdas/shared/model/errors.ts';
import { tableOf } from '../../../../lambdas/shared/model/tables.ts';
import { findEpochHead, readPlan } from '../../../../lambdas/shared/state/epoch-head.ts';
import { publishEpoch } from '../../../../lambdas/stream/publish/publish-epoch.ts';
import { InlineEpochWriter } from '../../../../lambdas/stream/publish/write/inline-epoch-writer.ts';
import { ADA, ADA_ERASED, EraseWorld, WITH_ADA } from '../../../support/erase-world.ts';
import { MemoryCatalogue } from '../../../support/memory-catalogue.ts';
import { currentManifest } from '../../../support/stream-steps.ts';

let world: EraseWorld;

/** Three epochs; the second one is without the customer. */
beforeEach(async () => {
  world = await EraseWorld.open();
  await world.putCustomers(WITH_ADA);
  await world.publish([
    { order_id: 'a1', customer_id: 'c1' },
    { order_id: 'b1', customer_id: 'c2', price: '2.50' },
    { order_id: 'a2', customer_id: 'c1', order_timestamp: '2026-01-09T11:59:00Z' },
  ]);
  await world.publish([{ order_id: 'b2', customer_id: 'c2' }]);
  await world.publish([
    { order_id: 'a3', customer_id: 'c1', status: 'cancelled' },
    { order_id: 'a4', customer_id: 'c1' },
  ]);
});

const of = (rows: Record<string, unknown>[], customerId: string) =>
  rows.filter(({ customer_id }) => customer_id === customerId);

describe('erasing a customer', () => {
  it('takes the person out of everything that the stream keeps, and nothing else', async () => {
    await world.putReport(['c1', 'c2']);
    const kept = await world.putReport(['c2']);
    const before = await world.orders();
    const { revenue, counts } = await currentManifest(world.world);
    await world.putCustomers(ADA_ERASED);

    const erased = await world.erase();

    const after = await world.orders();
    expect(erased.staleFiles.map(({ rows }) => rows)).toEqual([1, 1, 1]);
    expect(erased).toMatchObject({ replacedManifests: 2, isPlanReplaced: true });
    expect(await world.keysWith(ADA)).toEqual([]);
    expect(await world.keysWith('Ada')).toEqual([]);
    expect(of(after, 'c2')).toEqual(of(before, 'c2'));
    const changed = { customer_name: null, customer_email: null, registration_date: null };
    expect(of(after, 'c1')).toEqual(of(before, 'c1').map((row) => ({ ...row, ...changed })));
    expect(of(after, 'c1').map(({ customer_segment }) => customer_segment)).toEqual([
      ...['loyal', 'loyal', 'loyal'],
    ]);
    expect(await currentManifest(world.world)).toMatchObject({ revenue, counts });
    expect(await world.keysWith('Bo')).toContain(kept);
    expect(await world.faults()).toEqual([]);
  });

  it('leaves nulls where landing has no row any more', async () => {
    await world.putCustomers(WITH_ADA.replace(/^c1.*\n/m, ''));
    await world.erase();
    expect(of(await world.orders(), 'c1')[0]).toMatchObject({ customer_segment: null });
    expect(await world.keysWith('loyal')).toEqual([]);
  });

  it('finds nothing left the second time, and changes nothing', async () => {
    await world.putCustomers(ADA_ERASED);
    await world.erase();
    const keys = await world.keysWith('');
    expect(await world.erase()).toMatchObject({
      staleFiles: [],
      replacedManifests: 0,
      isPlanReplaced: false,
      leftovers: { orderFiles: [], dimensionCopies: [], reports: [] },
    });
    expect(await world.keysWith('')).toEqual(keys);
  });

  it('lists in a dry run what it would do, and does nothing', async () => {
    const report = await world.putReport(['c1']);
    await world.putCustomers(ADA_ERASED);
    const keys = await world.keysWith('');

    const found = await world.erase({ isDryRun: true });

    expect(found.staleFiles).toHaveLength(3);
    expect(found.leftovers.orderFiles).toEqual(found.staleFiles.map(({ key }) => key).sort());
    expect(found.leftovers.dimensionCopies).toHaveLength(1);
    expect(found.leftovers.reports).toEqual([report]);
    expect(await world.keysWith('')).toEqual(keys);
    expect(await world.keysWith(ADA)).toHaveLength(4);
  });

  it('refuses while any row of landing still has a name, and says where', async () => {
    await expect(world.erase()).rejects.toMatchObject({ code: 'customer_not_erased' });
    const twice = `${ADA_ERASED}c1,Ada,,,\n`;
    await world.putCustomers(twice);
    await expect(world.erase()).rejects.toThrow(
      `customers/customers.csv at byte ${ADA_ERASED.length}`,
    );
    expect(await world.keysWith(ADA)).not.toEqual([]);
  });

  it('takes what landing says where that is asked for', async () => {
    await world.putCustomers(WITH_ADA.replace('Ada', 'Ida').replace(ADA, 'ida@example.org'));
    await world.erase({ mayHaveNames: true });
    expect(of(await world.orders(), 'c1')[0]).toMatchObject({ customer_name: 'Ida' });
    expect(await world.keysWith(ADA)).toEqual([]);
    expect(await world.faults()).toEqual([]);
  });

  it('lets the publisher go on: the next epoch has the dimension of now', async () => {
    await world.putCustomers(ADA_ERASED);
    await world.erase();
    await world.publish([{ order_id: 'a5', customer_id: 'c1' }]);
    expect(await currentManifest(world.world)).toMatchObject({ epoch: 4 });
    expect(of(await world.orders(), 'c1')).toHaveLength(4);
    expect(await world.keysWith(ADA)).toEqual([]);
    expect(await world.faults()).toEqual([]);
  });

  /** An epoch that is planned, and not written. */
  const planOnly = async () => {
    await world.consume([{ order_id: 'a5', customer_id: 'c1' }]);
    const stopped = new InlineEpochWriter(world.context);
    stopped.write = async () => {
      throw new RetryableError('stopped');
    };
    await expect(publishEpoch(world.context, stopped)).rejects.toThrow('stopped');
  };

  it('keeps old files for an epoch under way that may have read the old manifests', async () => {
    const old = (await world.keysWith(ADA)).filter((key) => key.includes('/orders/'));
    await world.putCustomers(ADA_ERASED);
    await world.publish([{ order_id: 'a4b', customer_id: 'c1' }]);
    await planOnly();
    await expect(world.erase()).rejects.toThrow('epoch 5 is being published');
    expect(await world.keysWith(ADA)).toEqual(expect.arrayContaining(old));
    await publishEpoch(world.context, new InlineEpochWriter(world.context));
    await world.erase();
    expect(await world.keysWith(ADA)).toEqual([]);
    expect(await world.faults()).toEqual([]);
  });

  it('waits for an epoch that is under way, and goes on once it is published', async () => {
    const { context } = world;
    await planOnly();
    await world.putCustomers(ADA_ERASED);

    await expect(world.erase()).rejects.toThrow('epoch 4 is being published');
    expect(await world.faults()).toEqual([]);
    await publishEpoch(context, new InlineEpochWriter(context));
    await world.erase();

    expect(of(await world.orders(), 'c1')).toHaveLength(4);
    expect(await world.keysWith(ADA)).toEqual([]);
    expect(await world.faults()).toEqual([]);
  });

  it('makes a publisher plan anew that has read the old dimension meanwhile', async () => {
    const { context } = world;
    await world.consume([{ order_id: 'a5', customer_id: 'c1' }]);
    const writer = new InlineEpochWriter(context);
    const plan = writer.dimensions.plan.bind(writer.dimensions);
    writer.dimensions.plan = async (previous) => {
      const read = await plan(previous);
      await world.putCustomers(ADA_ERASED);
      await world.erase();
      return read;
    };

    expect(await publishEpoch(context, writer)).toEqual({ status: 'superseded' });

    await publishEpoch(context, new InlineEpochWriter(context));
    expect(of(await world.orders(), 'c1')).toHaveLength(4);
    expect(await world.keysWith(ADA)).toEqual([]);
    expect(await world.faults()).toEqual([]);
  });

  it('takes away what a slow publisher puts back', async () => {
    const { lake } = world.world;
    const [stale] = await world
      .keysWith(ADA)
      .then((keys) => keys.filter((k) => k.includes('/orders/')));
    const bytes = await lake.get(stale);
    await world.putCustomers(ADA_ERASED);
    await world.erase();
    await lake.put(stale, bytes);
    expect((await world.erase()).leftovers.orderFiles).toEqual([stale]);
    expect(await world.keysWith(ADA)).toEqual([]);
  });

  it('leaves the committed epoch as it was but for its dimensions', async () => {
    const { context } = world;
    const before = await findEpochHead(context);
    const planBefore = await readPlan(context, before.committedPlan ?? '');
    await world.putCustomers(ADA_ERASED);
    await world.erase();
    const after = await findEpochHead(context);
    const { dimensions, ...plan } = await readPlan(context, after.committedPlan ?? '');
    expect(after).toMatchObject({ committedEpoch: 3, plannedPlan: null });
    expect({ ...plan, dimensions: planBefore.dimensions }).toEqual(planBefore);
    expect(dimensions.customers[0].copyKey).not.toBe(planBefore.dimensions.customers[0].copyKey);
  });

  it('lets the catalogue show each row once, at any moment', async () => {
    const { lake } = world.world;
    const catalogue = new MemoryCatalogue();
    await registerTables(lake, catalogue);
    const orders = tableOf('stream', 'orders');
    const shown = async () => (await catalogue.filesOf(lake, 'stream_orders')).length;
    const before = await shown();
    await world.putCustomers(ADA_ERASED);

    const counts: number[] = [];
    await world.erase({
      moveParts: async (folders) => {
        counts.push(await shown());
        await moveEpochs(catalogue, orders, folders);
        counts.push(await shown());
      },
    });

    expect([...counts, await shown()]).toEqual([before, before, before]);
    const anew = new MemoryCatalogue();
    await registerTables(lake, anew);
    expect(anew.parts.get('stream_orders')).toEqual(catalogue.parts.get('stream_orders'));
    await moveEpochs(new MemoryCatalogue(), orders, new Map([[1, 'x/']]));
  });
});
