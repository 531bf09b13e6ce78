import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SystemClock } from '../../../lambdas/shared/runtime/clock.ts';
import { parseJson } from '../../../lambdas/shared/runtime/json.ts';
import { headOf } from '../../../lambdas/shared/state/shard-head.ts';
import { StateKeys } from '../../../lambdas/shared/state/state-keys.ts';
import type { StreamManifest } from '../../../lambdas/shared/state/stream-manifest.ts';
import { FAILED_BATCHES } from '../../../lambdas/stream/consume/count-messages.ts';
import type { DrainStepResult } from '../../../lambdas/stream/operate/drain/drain-step.ts';
import type { RedriveStepResult } from '../../../lambdas/stream/operate/redrive/redrive-step.ts';
import { keysOf } from '../../support/batch-runs.ts';
import { anEvent } from '../../support/stream-world.ts';
import { type Deployed, eventually } from '../deployment.ts';
import { exceptionsOf } from '../exceptions.ts';
import { runningEmulator } from '../running-emulator.ts';
import { TestStacks } from './deployed.ts';
import { FunctionFault } from './function-fault.ts';

const PROMISE = 'a record batch that fails is retried, or given up and redriven';
const whyNot = exceptionsOf(runningEmulator().name).endToEnd[PROMISE];

/** Orders of one put. */
const ORDERS = 40;

const clock = new SystemClock();
const stacks = new TestStacks('TandemFailing');

let world: Deployed;
let fault: FunctionFault;

function onceEach(orders: number) {
  return { read: orders, active: orders, duplicate: 0, late: 0 };
}

async function send(name: string): Promise<void> {
  const order_timestamp = new Date(clock.now() - 60_000).toISOString();
  const records = Array.from({ length: ORDERS }, (_, index) => {
    const order_id = `${name}${index}`;
    return { partitionKey: order_id, data: anEvent({ order_id, order_timestamp }) };
  });
  const results = await world.stream.put(records);
  expect(results.every(({ status }) => status === 'stored')).toBe(true);
}

/** Sums over the HEADs of all shards: what is in their logs, published or not. */
async function consumed() {
  const keys = new StateKeys('default', 'orders');
  const sum = { read: 0, active: 0, duplicate: 0, late: 0 };
  for (const { shardId } of await world.stream.listShards()) {
    const item = await world.state.get(keys.head(shardId));
    if (item === null) continue;
    const { counts } = headOf(item.attributes);
    for (const name of ['read', 'active', 'duplicate', 'late'] as const) sum[name] += counts[name];
  }
  return sum;
}

async function untilConsumed(count: number): Promise<void> {
  await eventually(`${count} orders are consumed`, async () =>
    (await consumed()).read >= count ? true : null,
  );
}

/** Failed invocations after those that there were before. */
async function untilFailed(before: number): Promise<void> {
  await eventually('the function has failed', async () =>
    (await fault.failures()) > before ? true : null,
  );
}

/** Records of the batches in the failure destination. */
async function givenUp(): Promise<number> {
  let count = 0;
  for (const key of await keysOf(world.failures, FAILED_BATCHES)) {
    const message = parseJson<{ KinesisBatchInfo: { batchSize: number } }>(
      await world.failures.get(key),
    );
    count += message.KinesisBatchInfo.batchSize;
  }
  return count;
}

async function untilGivenUp(): Promise<void> {
  await eventually('all records are given up', async () =>
    (await givenUp()) === ORDERS ? true : null,
  );
}

async function redrive() {
  const answer = await world.invoke<RedriveStepResult>('RedriveFunction', {});
  const sum = (key: 'redriven' | 'consumedBefore') =>
    answer.reports.reduce((total, report) => total + report[key], 0);
  return { redriven: sum('redriven'), consumedBefore: sum('consumedBefore') };
}

function describeRetries(): void {
  it('is retried until it succeeds, and counts once', async () => {
    await send('before');
    await untilConsumed(ORDERS);
    const before = await fault.failures();
    await fault.begin();
    await send('retried');
    await untilFailed(before);

    await fault.end();

    await untilConsumed(2 * ORDERS);
    expect(await consumed()).toEqual(onceEach(2 * ORDERS));
    expect(await keysOf(world.failures, FAILED_BATCHES)).toEqual([]);
  });
}

function describeGivingUp(): void {
  describe('with a retry limit', () => {
    beforeAll(async () => {
      expect(await stacks.redeploy({ retryLimit: 1 })).toContain('UPDATE_COMPLETE');
      // LocalStack begins a changed mapping at the start of the stream: all that was consumed comes
      // again, before what is new.
      await send('changed');
      await untilConsumed(3 * ORDERS);
      expect(await consumed()).toEqual(onceEach(3 * ORDERS));
    }, 300_000);

    it('is given up at the tail, and a redrive brings it back once', async () => {
      await fault.begin();
      await send('tail');
      await untilGivenUp();
      await fault.end();
      expect(await consumed()).toEqual(onceEach(3 * ORDERS));

      const first = await redrive();
      const second = await redrive();

      expect(first).toEqual({ redriven: ORDERS, consumedBefore: 0 });
      expect(second).toEqual({ redriven: 0, consumedBefore: 0 });
      expect(await keysOf(world.failures, FAILED_BATCHES)).toEqual([]);
      expect(await consumed()).toEqual(onceEach(4 * ORDERS));
    });

    it('is read with what comes after it, and a redrive finds nothing to do', async () => {
      await fault.begin();
      await send('skipped');
      await untilGivenUp();
      await fault.end();
      await send('after');
      await untilConsumed(6 * ORDERS);

      expect(await redrive()).toEqual({ redriven: 0, consumedBefore: ORDERS });

      expect(await keysOf(world.failures, FAILED_BATCHES)).toEqual([]);
      const { manifest } = await world.invoke<DrainStepResult>('DrainFunction', {});
      const bytes = await world.lake.get(manifest ?? '');
      expect(parseJson<StreamManifest>(bytes).counts).toMatchObject(onceEach(6 * ORDERS));
    });
  });
}

if (whyNot !== undefined) process.stderr.write(`left out, ${PROMISE}: ${whyNot}\n`);

describe.skipIf(whyNot !== undefined)('a record batch that fails', () => {
  beforeAll(async () => {
    world = await stacks.deploy();
    fault = await FunctionFault.ofMapping(world.mappingId);
  }, 300_000);

  afterAll(async () => {
    for (const bucket of [world.landing, world.lake, world.failures]) {
      await bucket.delete(await keysOf(bucket));
    }
    await stacks.destroy();
  }, 120_000);

  describeRetries();
  describeGivingUp();
});
