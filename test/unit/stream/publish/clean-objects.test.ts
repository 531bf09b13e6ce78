import { beforeEach, describe, expect, it } from 'vitest';
import { type EpochHead, readEpochHead } from '../../../../lambdas/shared/state/epoch-head.ts';
import type { StreamContext } from '../../../../lambdas/shared/state/stream-context.ts';
import { OrderConsumer } from '../../../../lambdas/stream/consume/consume-orders.ts';
import { publishEpoch } from '../../../../lambdas/stream/publish/publish-epoch.ts';
import { cleanObjects } from '../../../../lambdas/stream/publish/roll-forward/clean-objects.ts';
import { InlineEpochWriter } from '../../../../lambdas/stream/publish/write/inline-epoch-writer.ts';
import { hookedStore } from '../../../support/hooked-store.ts';
import { anEvent, createStreamWorld, type StreamWorld } from '../../../support/stream-world.ts';

const SHARD = 'shardId-000000000000';
const DAYS_MS = 86_400_000;

let world: StreamWorld;
let context: StreamContext;
let writer: InlineEpochWriter;
let orders: number;

beforeEach(async () => {
  world = createStreamWorld();
  context = await world.open();
  writer = new InlineEpochWriter(context);
  orders = 0;
});

async function consumeOne(): Promise<void> {
  orders += 1;
  const orderId = `o${orders}`;
  await world.stream.put([{ partitionKey: orderId, data: anEvent({ order_id: orderId }) }]);
  const { records } = await world.stream.read(SHARD, { kind: 'start' }, 100);
  await new OrderConsumer(context).consume(SHARD, records);
}

async function publishOne(): Promise<void> {
  await consumeOne();
  const { status } = await publishEpoch(context, writer);
  expect(status).toBe('published');
}

/** An epoch that was written, manifest and all, and then given up for the next number. */
async function writeAndGiveUp(): Promise<void> {
  await consumeOne();
  const own = new InlineEpochWriter(context);
  const killed = {
    dimensions: own.dimensions,
    write: async (...args: Parameters<typeof own.write>) => {
      await own.write(...args);
      throw new Error('killed');
    },
  };
  const older = { ...context, codeVersion: 'older' };
  await expect(publishEpoch(older, killed)).rejects.toThrow('killed');
  const { status } = await publishEpoch(context, writer, { isReplan: true });
  expect(status).toBe('published');
}

async function keysBelow(prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of world.lake.list(prefix)) keys.push(key);
  return keys;
}

async function cleanLater(own: StreamContext = context): Promise<EpochHead> {
  await world.clock.advance(8 * DAYS_MS);
  const head = await readEpochHead(context);
  await cleanObjects(own, head);
  return head;
}

const segmentsFolder = `raw/stream/orders/${SHARD}/`;

describe('cleaning objects', () => {
  it('removes segments that no entry names, and no other', async () => {
    await publishOne();
    await publishOne();
    await publishOne();
    await publishOne();
    const named = await keysBelow(segmentsFolder);
    await world.lake.put(`${segmentsFolder}000000000001-dead.ndjson.zst`, Buffer.from('lost'));
    await world.lake.put(`${segmentsFolder}000000000005-next.ndjson.zst`, Buffer.from('new'));
    const lists: string[] = [];
    const lake = hookedStore(world.lake, (operation, key) => {
      if (operation === 'list' && key.startsWith('raw/')) lists.push(key);
    });

    await cleanLater({ ...context, lake });

    const left = await keysBelow(segmentsFolder);
    expect(left).toEqual([...named, `${segmentsFolder}000000000005-next.ndjson.zst`]);
    expect(lists).toEqual([`${segmentsFolder}000000000`]);
  });

  it('removes all of a number that was given up, its manifest and rows too', async () => {
    await publishOne();
    await writeAndGiveUp();
    await publishOne();
    await publishOne();
    await publishOne();
    expect(await keysBelow('tables/stream/orders/epoch=00000002/')).toHaveLength(1);

    const { committedEpoch } = await cleanLater();

    expect(committedEpoch).toBe(6);
    expect(await keysBelow('manifests/stream/00000002')).toEqual([]);
    expect(await keysBelow('tables/stream/orders/epoch=00000002/')).toEqual([]);
    expect(await keysBelow('state/stream/results/00000002/')).toEqual([]);
    expect(await keysBelow('tables/stream/orders/')).toHaveLength(5);
    expect(await keysBelow('manifests/stream/0')).toHaveLength(5);
    const plans = (await keysBelow('state/stream/plans/')).map((key) => key.slice(19, 27));
    expect(plans).toEqual(['00000005', '00000006']);
  });

  it('keeps the rows of a committed epoch whose manifest got lost', async () => {
    for (let epoch = 1; epoch <= 4; epoch++) await publishOne();
    await world.lake.delete([context.lakeKeys.manifest(2)]);

    await cleanLater();

    expect(await keysBelow('tables/stream/orders/epoch=00000002/')).toHaveLength(1);
  });

  it('does not stop at a plan or a manifest that cannot be read', async () => {
    for (let epoch = 1; epoch <= 2; epoch++) await publishOne();
    await writeAndGiveUp();
    for (let epoch = 5; epoch <= 7; epoch++) await publishOne();
    const [first] = await keysBelow('state/stream/plans/00000001');
    await world.lake.put(first, Buffer.from('{"epoch'));
    await world.lake.put(context.lakeKeys.manifest(4), Buffer.from('{'));

    await cleanLater();

    expect(await keysBelow('state/stream/plans/00000001')).toEqual([]);
    expect(await keysBelow('tables/stream/orders/')).toHaveLength(7);
  });
});
