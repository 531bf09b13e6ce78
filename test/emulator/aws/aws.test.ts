import { beforeAll, describe, expect, it } from 'vitest';
import { keysOf } from '../../support/batch-runs.ts';
import { describeBatchDoor } from './batch-door.ts';
import { type Deployed, TestStacks } from './deployed.ts';
import { describeStreamDoor } from './stream-door.ts';

const stacks = new TestStacks('TandemTest');
let world: Deployed;

beforeAll(async () => {
  world = await stacks.deploy();
}, 300_000);

describeBatchDoor(() => world);
describeStreamDoor(() => world);

describe('a deployment', () => {
  it('changes nothing when it is repeated', async () => {
    const said = await stacks.redeploy();
    expect(said.match(/\(no changes\)/g)).toHaveLength(2);
  });

  it('leaves nothing when it is destroyed, once its buckets are empty', async () => {
    for (const bucket of [world.landing, world.lake, world.failures]) {
      await bucket.delete(await keysOf(bucket));
    }

    await stacks.destroy();

    await expect(world.landing.head('orders/a.csv')).rejects.toThrow();
    await expect(world.stream.listShards()).rejects.toThrow();
  });
});
