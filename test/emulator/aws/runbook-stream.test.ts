import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseJson } from '../../../lambdas/shared/runtime/json.ts';
import { headOf } from '../../../lambdas/shared/state/shard-head.ts';
import { StateKeys } from '../../../lambdas/shared/state/state-keys.ts';
import type { StreamManifest } from '../../../lambdas/shared/state/stream-manifest.ts';
import type { StreamUnread } from '../../../lambdas/stream/shards/look-at-tip.ts';
import { keysOf } from '../../support/batch-runs.ts';
import { currentOf } from '../../support/small-landing.ts';
import { eventually } from '../deployment.ts';
import { memoryOf, retentionHoursOf } from './deployed-settings.ts';
import { FunctionFault, functionOf } from './function-fault.ts';
import { TRIED } from './runbook-chapters.ts';
import { leftOutOf } from './runbook-left-out.ts';
import { RunbookOrders } from './runbook-orders.ts';
import { RunbookWorld, setMapping } from './runbook-world.ts';

const PRODUCTS = {
  'products/p.csv': 'product_id,product_name,category,brand,list_price\np1,Tea,Drink,Alder,1\n',
};
const leftOut = leftOutOf('stream');

const world = new RunbookWorld('TandemRunbookStream');
const orders = new RunbookOrders(() => world.deployed);

async function currentEpoch(root = ''): Promise<StreamManifest> {
  const { lake } = world.deployed;
  const key = `${root}manifests/stream/CURRENT.json`;
  const { manifest } = parseJson<{ manifest: string }>(await lake.get(key));
  return parseJson<StreamManifest>(await lake.get(manifest));
}

async function publishBoth(): Promise<void> {
  await world.answer('drain');
  await world.answer('batch');
}

/** The newest segment, once no epoch can be published without it. */
async function breakSegment(name: string, breakIt: (key: string) => Promise<void>) {
  const { lake } = world.deployed;
  for (let attempt = 0; attempt < 5; attempt++) {
    const before = await keysOf(lake, 'raw/stream/');
    await orders.both(`${name}${attempt}`);
    const [key] = (await keysOf(lake, 'raw/stream/')).filter((one) => !before.includes(one));
    await breakIt(key);
    try {
      await world.deployed.invoke('PublishFunction', {});
    } catch (error) {
      return { key, error: error as Error };
    }
    // The schedule was faster: the segment is published, and may not stay broken.
    await world.tandem('restore', key);
  }
  throw new Error('the schedule was faster each time');
}

beforeAll(async () => {
  await world.open();
  await world.put(PRODUCTS);
  await orders.both('first');
  await publishBoth();
}, 300_000);

afterAll(async () => {
  await world.close();
}, 120_000);

// In order: both doors go on, and the last chapter leaves the default consumer broken.
describe('the runbook of the stream', () => {
  it('Where to look first: all is well', async () => {
    const [status, reconciled] = await world.follow('Where to look first');
    expect([status.exitCode, reconciled.exitCode]).toEqual([0, 0]);
  });

  it('UnexplainedDifferences: the wrong file is mended', async () => {
    const { files, events } = orders.make('differ', 2);
    const wrong = Object.entries(files).map(([key, text]) => [key, text.replace('10.00', '99.00')]);
    await world.put(Object.fromEntries(wrong));
    await orders.send(events);
    await orders.untilAllConsumed();
    await publishBoth();

    const FILES = world.folderOf(files);
    const [found] = await world.follow('UnexplainedDifferences', { FILES });

    expect(found.exitCode).toBe(1);
    expect(found.out).toContain('differ-0');
  });

  it('ComparisonFailed: the next run has the file that is missing', async () => {
    const { lake } = world.deployed;
    const [{ key }] = (await currentOf(lake)).tables.orders.files;
    await lake.delete([key]);
    await expect(world.deployed.invoke('ReconcileFunction', {})).rejects.toThrow(key);

    await world.follow('ComparisonFailed');

    expect(await world.deployed.invoke('ReconcileFunction', {})).toMatchObject({ status: 'agree' });
  });

  it('UnreadRecords: the mapping is enabled again', async () => {
    const { mappingId } = world.deployed;
    await world.pauseConsumer();
    const { files, events } = orders.make('unread', 4);
    await world.put(files);
    const before = await orders.consumed();
    await orders.send(events);

    await world.follow('UnreadRecords', { MAPPING: mappingId });

    await orders.untilConsumed(before + 4);
  });

  it('IteratorAge: the consumer is behind, and catches up with more memory', async () => {
    const { mappingId, invoke } = world.deployed;
    await world.pauseConsumer();
    const { files, events } = orders.make('behind', 200);
    await world.put(files);
    await orders.send(events);
    await setMapping(mappingId, true);
    world.chosen = { streamMemory: '2GiB' };

    await world.follow('IteratorAge');

    expect(await memoryOf(await functionOf(mappingId))).toBe(2_048);
    await orders.untilAllConsumed();
    const { unread } = await invoke<{ unread: StreamUnread }>('PublishFunction', {});
    expect(unread).toMatchObject({ records: 0, oldestAgeSec: 0 });
  });

  it.skipIf(leftOut.has('RecordsExpire'))(
    'RecordsExpire: a longer retention wins time, then the cause is mended',
    async () => {
      const { mappingId, streamName } = world.deployed;
      await world.pauseConsumer();
      const { files, events } = orders.make('expire', 4);
      await world.put(files);
      const before = await orders.consumed();
      await orders.send(events);
      expect(await retentionHoursOf(streamName)).toBe(72);
      world.chosen = { ...world.chosen, retention: '7d' };

      await world.follow('RecordsExpire');

      expect(await retentionHoursOf(streamName)).toBe(168);
      expect(await orders.consumed()).toBe(before);
      await world.follow('UnreadRecords', { MAPPING: mappingId });
      await orders.untilConsumed(before + 4);
    },
  );

  it('WatermarkLag: the status says who holds it back, and a drain ends that', async () => {
    await orders.both('lag', 1);
    await world.deployed.invoke('PublishFunction', {});
    expect((await world.answer('status')).stream.open_windows).toBeGreaterThan(0);

    await world.follow('WatermarkLag');

    expect((await world.answer('status')).stream.open_windows).toBe(0);
  });

  it('DimensionsKept: the file is mended', async () => {
    await world.put({ 'products/p.csv': 'no,header\n' });
    await orders.both('kept');
    const codes = async () => (await currentEpoch()).epoch_warnings.map(({ code }) => code);
    await eventually('an epoch keeps the dimension', async () => {
      await world.deployed.invoke('PublishFunction', {});
      return (await codes()).includes('dimension_kept_before') ? true : null;
    });

    await world.follow('DimensionsKept', { FILES: world.folderOf(PRODUCTS) });

    expect(await codes()).not.toContain('dimension_kept_before');
  });

  it('NothingCommitted: the segment that was deleted is restored', async () => {
    const { lake } = world.deployed;
    const { key, error } = await breakSegment('deleted', (one) => lake.delete([one]));
    expect(error.message).toContain(key);

    await world.follow('NothingCommitted', { KEY: key });

    expect((await currentEpoch()).counts.read).toBe(orders.received);
  });

  it('PublisherErrors: the segment that was replaced is restored', async () => {
    const { lake } = world.deployed;
    const { key, error } = await breakSegment('damaged', async (one) => {
      await lake.put(one, Buffer.from('damaged'));
    });
    expect(error.message).toContain(key);

    await world.follow('PublisherErrors', { KEY: key });

    expect((await currentEpoch()).counts.read).toBe(orders.received);
  });

  it('Restore: a table file comes back, and all is whole', async () => {
    const { lake } = world.deployed;
    const [{ key: KEY }] = (await currentEpoch()).tables.product_revenue.files;
    await lake.delete([KEY]);
    const broken = await world.tandem('verify', '--target', 'aws');
    expect([broken.exitCode, broken.out + broken.err]).toEqual([1, expect.stringContaining(KEY)]);

    await world.follow('Restore', { KEY });
  });

  it.each(['GivenUpBatches', 'Redrive', 'StreamGap'])(
    '%s: records are brought back, each once',
    async (chapter) => {
      const { files, events } = orders.make(chapter.toLowerCase(), 1);
      orders.redriven += 1;
      await orders.giveUp(chapter, BigInt(orders.redriven), events[0]);
      const before = await orders.consumed();
      const FILES = world.folderOf(files);

      await world.follow(chapter, { FILES });

      expect(await orders.consumed()).toBe(before + 1);
      expect(await keysOf(world.deployed.failures)).toEqual([]);
      await world.put(files);
    },
  );

  it('Backfill: files are counted, and the archive in a run of its own', async () => {
    const { files, events } = orders.make('backfill', 2);
    await orders.send(events);
    await orders.untilAllConsumed();
    await world.answer('drain');

    const FILES = world.folderOf(files);
    await world.follow('Backfill', { FILES });

    const run = await currentOf(world.deployed.lake);
    expect(run.counts.read).toBe(orders.received);
    expect(run.inputs?.every(({ key }) => key.startsWith('raw/stream/orders/'))).toBe(true);
  });

  it('Replay: a new consumer has what the default one has, and catches up', async () => {
    await publishBoth();
    await world.follow('Replay', { NAME: 'audit' });

    const [original, copy] = [await currentEpoch(), await currentEpoch('consumers/audit/')];
    expect(copy.counts).toEqual(original.counts);
    await orders.both('later');
    const again = await world.answer('replay', '--consumer', 'audit');
    expect(again).toMatchObject({ replay: 'audit-2', records: 3 });
    const tail = await world.answer('replay', '--consumer', 'tail', '--from', 'stream');
    expect(tail.counts.read).toBe(orders.sent);
  });

  it.skipIf(leftOut.has('ConsumerErrors'))(
    'ConsumerErrors: it goes on once the cause is mended',
    async () => {
      const fault = await FunctionFault.ofMapping(world.deployed.mappingId);
      const before = await fault.failures();
      await fault.begin();
      const { files, events } = orders.make('errors', 3);
      await world.put(files);
      await orders.send(events);
      await eventually('the function has failed', async () =>
        (await fault.failures()) > before ? true : null,
      );
      await fault.end();
      await orders.untilAllConsumed();

      await world.follow('ConsumerErrors');

      const { stream } = await world.answer('status');
      const unread = stream.shards.map((shard: { unread_records: number }) => shard.unread_records);
      expect(unread).toEqual([0, 0]);
    },
  );

  it('StateLogGap: a new consumer takes the place of the one whose log is lost', async () => {
    const { state, stream } = world.deployed;
    await orders.both('gap', 8);
    await world.pauseConsumer();
    const keys = new StateKeys('default', 'orders');
    for (const { shardId } of await stream.listShards()) {
      const { version } = headOf((await state.get(keys.head(shardId)))?.attributes ?? {});
      await state.transact([{ kind: 'delete', key: keys.log(shardId, version) }], `gap-${shardId}`);
    }
    const { files, events } = orders.make('after', 8);
    await world.put(files);
    await orders.send(events);
    await expect(world.deployed.invoke('DrainFunction', {})).rejects.toThrow('missing versions');
    await world.answer('batch');

    await world.follow('StateLogGap', { NAME: 'anew' });

    expect((await currentEpoch('consumers/anew/')).counts.read).toBe(orders.received);
  });

  it('has no chapter that nobody followed', () => {
    const wanted = TRIED.stream.filter((name) => !leftOut.has(name));
    expect([...new Set(world.followed)].sort()).toEqual([...wanted].sort());
  });
});
