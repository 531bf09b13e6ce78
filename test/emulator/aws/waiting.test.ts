import {
  GetEventSourceMappingCommand,
  LambdaClient,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readStarter } from '../../../lambdas/batch/start-run/start-step.ts';
import { SystemClock } from '../../../lambdas/shared/runtime/clock.ts';
import type { StreamUnread } from '../../../lambdas/stream/shards/look-at-tip.ts';
import { keysOf, ordersCsv } from '../../support/batch-runs.ts';
import { currentOf, orderLine } from '../../support/small-landing.ts';
import { anEvent } from '../../support/stream-world.ts';
import { type Deployed, eventually } from '../deployment.ts';
import { TestStacks } from './deployed.ts';

const EVERY_MS = 2_000;
const ORDERS = 30;

const clock = new SystemClock();
const functions = new LambdaClient({});
// Uploads of this test never leave a minute of quiet.
const stacks = new TestStacks('TandemWaits', {
  batch: { quietFor: '60s', maxWait: '10s', minInterval: '0s' },
});

let world: Deployed;

beforeAll(async () => {
  world = await stacks.deploy();
}, 300_000);

afterAll(async () => {
  for (const bucket of [world.landing, world.lake, world.failures]) {
    await bucket.delete(await keysOf(bucket));
  }
  await stacks.destroy();
}, 120_000);

/** The publisher's answer, which is also in its log. */
async function unread(): Promise<StreamUnread> {
  return (await world.invoke<{ unread: StreamUnread }>('PublishFunction', {})).unread;
}

async function setMapping(isEnabled: boolean): Promise<void> {
  const mapping = { UUID: world.mappingId };
  await functions.send(new UpdateEventSourceMappingCommand({ ...mapping, Enabled: isEnabled }));
  await eventually(`the mapping is ${isEnabled ? 'enabled' : 'disabled'}`, async () => {
    const { State } = await functions.send(new GetEventSourceMappingCommand(mapping));
    return State === (isEnabled ? 'Enabled' : 'Disabled') ? true : null;
  });
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

describe('uploads that go on and on', () => {
  it('start a run all the same, once the first of them has waited long enough', async () => {
    const startedAtMs = clock.now();
    let count = 0;
    const published = await eventually(
      'a run is published while uploads go on',
      async () => {
        const row = orderLine(`w${count}`);
        await world.landing.put(`orders/w${count++}.csv`, Buffer.from(ordersCsv([row])));
        await clock.sleep(EVERY_MS);
        const keys = await keysOf(world.lake, 'manifests/batch/CURRENT.json');
        return keys.length > 0 ? await currentOf(world.lake) : null;
      },
      90_000,
    );

    expect(Date.parse(published.created_at) - startedAtMs).toBeLessThan(60_000);
    expect(published.counts.read).toBeGreaterThan(1);
    expect(published.counts.read).toBeLessThanOrEqual(count);
  });

  it('leave what came after the start for the next run', async () => {
    await eventually('every upload is in the tables', async () => {
      const files = await keysOf(world.landing, 'orders/');
      const { counts } = await currentOf(world.lake);
      return counts.read === files.length ? true : null;
    });

    const { state } = await readStarter(world.state);
    expect(state).toMatchObject({ firstUploadedAtMs: null, uploadedAtMs: null });
  });
});

describe('a consumer that is not called', () => {
  it('is told of by the publisher, until it is called again', async () => {
    await send('before');
    await eventually('all is consumed', async () => ((await unread()).records === 0 ? true : null));
    await setMapping(false);
    await send('unread');
    await clock.sleep(3_000);

    const silent = await unread();
    await setMapping(true);
    const after = await eventually('all is consumed', async () => {
      const found = await unread();
      return found.records === 0 ? found : null;
    });

    expect(silent).toMatchObject({ records: ORDERS, isExact: true, unknownShards: 0 });
    expect(silent.oldestAgeSec).toBeGreaterThanOrEqual(2);
    expect(after).toMatchObject({ isExact: true, oldestAgeSec: 0, oldestIn: null, shards: 0 });
  });
});
