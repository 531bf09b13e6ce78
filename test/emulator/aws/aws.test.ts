import { beforeAll, describe, expect, it } from 'vitest';
import { keysOf, ordersCsv } from '../../support/batch-runs.ts';
import { currentOf, orderLine } from '../../support/small-landing.ts';
import { type Deployed, eventually } from '../deployment.ts';
import { describeBatchDoor } from './batch-door.ts';
import { TestStacks } from './deployed.ts';
import { emptyBucket } from './empty-bucket.ts';
import { describeStreamDoor } from './stream-door.ts';

const stacks = new TestStacks('TandemTest');
let world: Deployed;

beforeAll(async () => {
  world = await stacks.deploy();
}, 300_000);

describeBatchDoor(() => world);
describeStreamDoor(() => world);

describe('both doors', () => {
  it('are compared after a batch run, without anybody asking', async () => {
    const before = await keysOf(world.lake, 'reports/reconcile/');
    await world.landing.put('orders/z.csv', Buffer.from(ordersCsv([orderLine('z1')])));

    const found = await eventually('another report is written', async () => {
      const keys = await keysOf(world.lake, 'reports/reconcile/');
      return keys.find((key) => !before.includes(key)) ?? null;
    });

    expect(found).toContain((await currentOf(world.lake)).run_id);
  });

  it('have no explanation for the one order that both received with other values', async () => {
    const answer = await world.invoke('ReconcileFunction', {});
    expect(answer).toMatchObject({ status: 'differ', unexplained: 1 });
  });
});

describe('a deployment', () => {
  it('changes nothing when it is repeated', async () => {
    const said = await stacks.redeploy();
    expect(said.match(/\(no changes\)/g)).toHaveLength(2);
  });

  it('leaves nothing when it is destroyed, once its buckets are empty', async () => {
    for (const { bucket } of [world.landing, world.lake, world.failures]) {
      await emptyBucket(bucket);
    }

    await stacks.destroy();

    await expect(world.landing.head('orders/a.csv')).rejects.toThrow();
    await expect(world.stream.listShards()).rejects.toThrow();
  });
});
