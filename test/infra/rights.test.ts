import { describe, expect, it } from 'vitest';
import { registerTables } from '../../lambdas/catalogue/register-tables/register-tables.ts';
import { reconcileStep } from '../../lambdas/reconcile/steps/reconcile-step.ts';
import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';
import { readEpochHead } from '../../lambdas/shared/state/epoch-head.ts';
import { openStreamContext } from '../../lambdas/shared/state/stream-context.ts';
import { OrderConsumer } from '../../lambdas/stream/consume/consume-orders.ts';
import { FAILED_BATCHES } from '../../lambdas/stream/consume/count-messages.ts';
import { drainStep } from '../../lambdas/stream/operate/drain/drain-step.ts';
import { redriveStep } from '../../lambdas/stream/operate/redrive/redrive-step.ts';
import { publishStep } from '../../lambdas/stream/publish/publish-step.ts';
import { shardStep } from '../../lambdas/stream/publish/shard-function/shard-step.ts';
import { InlineEpochWriter } from '../../lambdas/stream/publish/write/inline-epoch-writer.ts';
import { createHead } from '../../lambdas/stream/shards/open-shard.ts';
import { type Statement, statementsByRole, templatesOf } from '../support/aws-stacks.ts';
import { configOf } from '../support/batch-runs.ts';
import { batchHost, batchSteps, executeBatch, type Step } from '../support/batch-steps.ts';
import type { StepName } from '../support/batch-workflow.ts';
import { MemoryObjectStore } from '../support/memory/memory-object-store.ts';
import { MemoryCatalogue } from '../support/memory-catalogue.ts';
import { AccessDeniedError, asAllowed } from '../support/role-rights.ts';
import { orderLine, SMALL_CHUNKS, SMALL_LANDING } from '../support/small-landing.ts';
import { consumeAll, recordsOf, sendOrders } from '../support/stream-steps.ts';
import { createStreamWorld, type StreamWorld } from '../support/stream-world.ts';

/** Names make resources that can be read. */
const NAMES = { landingBucket: 'landing', lakeBucket: 'the-lake', failuresBucket: 'failures' };

const { pipelines, catalogue } = templatesOf({ config: { aws: { existing: NAMES } } });
const statements = new Map<string, readonly Statement[]>([
  ...statementsByRole(pipelines),
  ...(catalogue === null ? [] : statementsByRole(catalogue)),
]);

/** A bucket as a function may see it. */
function seenBy(role: string, bucket: keyof typeof NAMES, store: ObjectStore): ObjectStore {
  const own = statements.get(role);
  if (own === undefined) throw new Error(`no role of ${role}`);
  return asAllowed(store, NAMES[bucket], own);
}

function landingOf(files: Iterable<readonly [string, string]>): Promise<MemoryObjectStore> {
  const landing = new MemoryObjectStore();
  return Promise.all([...files].map(([key, text]) => landing.put(key, Buffer.from(text)))).then(
    () => landing,
  );
}

describe('the rights of a role', () => {
  it('are its own, by folders, and nothing else', async () => {
    const lake = seenBy('consumeOrders', 'lakeBucket', new MemoryObjectStore());
    await lake.put('raw/stream/orders/shard/1', new Uint8Array());
    await expect(lake.put('tables/stream/x', new Uint8Array())).rejects.toThrow(AccessDeniedError);
    await expect(lake.delete(['raw/stream/orders/shard/1'])).rejects.toThrow(AccessDeniedError);
    await expect(lake.get('state/stream/snapshots/1')).rejects.toThrow(AccessDeniedError);
  });
});

/** The steps of a run, each with its own rights. */
function stepsWithRights(landing: ObjectStore, lake: ObjectStore): Record<StepName, Step> {
  const names = Object.keys(
    batchSteps(batchHost({ landing, lake }, configOf(SMALL_CHUNKS))),
  ) as StepName[];
  const steps = names.map((name): [StepName, Step] => {
    const stores =
      name === 'startRun'
        ? { landing, lake }
        : {
            landing: seenBy(name, 'landingBucket', landing),
            lake: seenBy(name, 'lakeBucket', lake),
          };
    const host = batchHost(stores, configOf({ ...SMALL_CHUNKS, batch: { keepRunsFor: '1h' } }));
    return [name, batchSteps(host)[name]];
  });
  return Object.fromEntries(steps) as Record<StepName, Step>;
}

describe('batch steps have the rights that they use', () => {
  it('in runs that are published, and remove the runs before', async () => {
    const lake = new MemoryObjectStore();
    const landing = await landingOf(SMALL_LANDING);
    for (const hour of [12, 14, 16, 18]) {
      const steps = stepsWithRights(landing, lake);
      const execution = await executeBatch(steps, `20260131T${hour}0000Z-00000000`);
      expect(execution.status).toBe('SUCCEEDED');
    }
  });

  it('in a run that fails, and is recorded and cleaned up', async () => {
    const lake = new MemoryObjectStore();
    const steps = stepsWithRights(await landingOf([['orders/a.csv', 'no,header\n']]), lake);
    const execution = await executeBatch(steps, '20260131T120000Z-00000000');
    expect(execution.status).toBe('FAILED');
    const failure = await lake.get('state/batch/failures/20260131T120000Z-00000000.json');
    expect(Buffer.from(failure).toString()).toContain('no readable orders file');
  });
});

/** A function of the stream over a world. */
async function contextOf(role: string, world: StreamWorld) {
  const lake = seenBy(role, 'lakeBucket', world.lake);
  const landing = seenBy(role, 'landingBucket', world.landing);
  const ports = { ...world, lake, landing };
  const options = { consumer: 'default', codeVersion: 'test', config: world.config };
  return await openStreamContext(ports, options);
}

describe('functions of the stream have the rights that they use', () => {
  it('from consuming to both doors compared', async () => {
    const world = createStreamWorld({ shardCount: 2 });
    for (const [key, text] of SMALL_LANDING) await world.landing.put(key, Buffer.from(text));
    await sendOrders(world, [{ order_id: 'a' }, { order_id: 'b' }, { order_id: 'a' }]);

    const consumer = await contextOf('consumeOrders', world);
    await consumeAll(world, consumer);
    const publisher = await contextOf('publishEpoch', world);
    const inline = new InlineEpochWriter(publisher);
    const published = await publishStep(publisher, inline, () => 900_000);
    expect(published).toMatchObject({ status: 'published', read: 3 });

    // A shard of which nobody knows where it comes from begins with what the newest plan says.
    const [first] = await world.stream.listShards();
    await createHead(consumer, { ...first, shardId: 'shardId-000000000009' });

    const head = await readEpochHead(publisher);
    const shards = await contextOf('publishShard', world);
    const event = { planKey: head.committedPlan ?? '', shardIndex: 0 };
    await shardStep(shards, new InlineEpochWriter(shards), event);

    const drain = await contextOf('drain', world);
    const drained = await drainStep(drain, new InlineEpochWriter(drain), {});
    expect(drained.epoch).toBe(2);

    const landing = await landingOf([
      ...SMALL_LANDING,
      ['orders/b.csv', `${SMALL_LANDING[0][1].split('\n')[0]}\n${orderLine('x')}\n`],
    ]);
    await executeBatch(stepsWithRights(landing, world.lake), '20260131T120000Z-00000000');
    const lake = seenBy('reconcile', 'lakeBucket', world.lake);
    const result = await reconcileStep({ ...world, lake, memoryBytes: 2 ** 29, codeVersion: '1' });
    expect(result.status).toBe('differ');
    await registerTables(seenBy('registerTables', 'lakeBucket', world.lake), new MemoryCatalogue());
  });

  it('to bring back what was given up', async () => {
    const world = createStreamWorld();
    await sendOrders(world, [{ order_id: 'a' }, { order_id: 'b' }]);
    const [{ shardId }] = await world.stream.listShards();
    const records = await recordsOf(world, shardId);
    const message = {
      KinesisBatchInfo: {
        shardId,
        startSequenceNumber: records[0].sequenceNumber,
        endSequenceNumber: records[1].sequenceNumber,
        approximateArrivalOfFirstRecord: new Date(records[0].arrivalTimeMs).toISOString(),
      },
    };
    const failures = new MemoryObjectStore();
    await failures.put(`${FAILED_BATCHES}consumer/one`, Buffer.from(JSON.stringify(message)));
    const consumer = new OrderConsumer(await contextOf('consumeOrders', world));
    expect((await consumer.consume(shardId, records.slice(0, 1))).status).toBe('consumed');

    const redrive = await contextOf('redrive', world);
    const seen = seenBy('redrive', 'failuresBucket', failures);
    const { reports } = await redriveStep(redrive, seen, {}, () => 900_000);

    expect(reports).toMatchObject([{ redriven: 1, consumedBefore: 1 }]);
  });
});
