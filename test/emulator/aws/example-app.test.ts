import { execFile } from 'node:child_process';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeKinesisClient, makeS3Client } from '../../../lambdas/shared/adapters/aws/clients.ts';
import { KinesisEventStream } from '../../../lambdas/shared/adapters/aws/kinesis-event-stream.ts';
import { S3ObjectStore } from '../../../lambdas/shared/adapters/aws/s3-object-store.ts';
import { SystemClock } from '../../../lambdas/shared/runtime/clock.ts';
import { SystemRandomness } from '../../../lambdas/shared/runtime/randomness.ts';
import { keysOf, ordersCsv } from '../../support/batch-runs.ts';
import { npmIn, packInto, plainEnvironment } from '../../support/packed-package.ts';
import { currentOf } from '../../support/small-landing.ts';
import { anEvent } from '../../support/stream-world.ts';
import { BOOTSTRAP, eventually } from '../deployment.ts';
import { cacheRoot, projectRoot } from '../running-emulator.ts';
import { emptyBucket } from './empty-bucket.ts';

const run = promisify(execFile);
const clock = new SystemClock();
const folder = join(cacheRoot, 'example-app');
const ORDERS = 40;

async function cdk(...command: readonly string[]): Promise<string> {
  const context = ['--context', 'emulator=true', '--output', join(folder, 'cdk.out')];
  const args = [join(folder, 'node_modules/aws-cdk/bin/cdk'), ...command, ...context];
  const { stdout, stderr } = await run(process.execPath, args, {
    cwd: folder,
    env: { ...plainEnvironment(), CDK_VALIDATION: 'false' },
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout + stderr;
}

type OutputName = 'Exports' | 'Lake' | 'Failures' | 'Events' | 'Drain' | 'Reconcile';

function deployed() {
  const file = join(folder, 'outputs.json');
  const outputs: Record<OutputName, string> = JSON.parse(readFileSync(file, 'utf8')).Revenue;
  const ports = { client: makeS3Client(), clock, randomness: new SystemRandomness() };
  const bucket = (name: OutputName) => new S3ObjectStore({ ...ports, bucket: outputs[name] });
  const functions = new LambdaClient({});
  return {
    landing: bucket('Exports'),
    lake: bucket('Lake'),
    failures: bucket('Failures'),
    stream: new KinesisEventStream({
      client: makeKinesisClient(),
      ...{ name: 'orders', streamName: outputs.Events, clock },
    }),
    async invoke(name: OutputName): Promise<unknown> {
      const command = new InvokeCommand({ FunctionName: outputs[name], Payload: '{}' });
      const { FunctionError, Payload } = await functions.send(command);
      const text = Payload?.transformToString() ?? 'null';
      if (FunctionError !== undefined) throw new Error(`${name}: ${text}`);
      return JSON.parse(text);
    },
  };
}

const orders = Array.from({ length: ORDERS }, (_, index) => ({
  order_id: `o${index}`,
  quantity: 1 + (index % 3),
  order_timestamp: new Date(Date.UTC(2026, 0, 5, 12, index)).toISOString(),
}));

describe('the example app, with the package installed', () => {
  let world: ReturnType<typeof deployed>;

  beforeAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    cpSync(join(projectRoot, 'examples/cdk-app'), folder, { recursive: true });
    await packInto(folder);
    await npmIn(folder, 'install');
    await npmIn(folder, 'run', 'build');
    await cdk(...BOOTSTRAP);
    const outputs = ['--outputs-file', join(folder, 'outputs.json')];
    await cdk('deploy', '--all', '--require-approval', 'never', ...outputs);
    world = deployed();
  }, 600_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }), 60_000);

  it('makes tables of what is put into the bucket of the other stack', async () => {
    const lines = orders.map(
      ({ order_id, quantity, order_timestamp }) =>
        `${order_id},c1,p1,${order_timestamp},${quantity},10.00,completed`,
    );
    await world.landing.put('orders/night.csv', Buffer.from(ordersCsv(lines)));

    const manifest = await eventually('a run is published', async () =>
      (await world.lake.head('manifests/batch/CURRENT.json')) === null
        ? null
        : await currentOf(world.lake),
    );

    expect(manifest.counts).toMatchObject({ read: ORDERS, active: ORDERS });
  });

  it('makes the same tables of the events in the stream of the other stack', async () => {
    const records = orders.map((order) => ({
      partitionKey: order.order_id,
      data: anEvent(order),
    }));
    await world.stream.put(records);

    expect(await world.invoke('Drain')).toMatchObject({ drainedTo: expect.anything() });

    expect(await world.invoke('Reconcile')).toMatchObject({ status: 'agree', unexplained: 0 });
  });

  it('leaves the other stack as it was when it is destroyed', async () => {
    for (const { bucket } of [world.lake, world.failures]) await emptyBucket(bucket);

    await cdk('destroy', 'Revenue', '--force');

    await expect(keysOf(world.lake)).rejects.toThrow();
    expect(await keysOf(world.landing)).toEqual(['orders/night.csv']);
    const [shard] = await world.stream.listShards();
    const { records } = await world.stream.read(shard.shardId, { kind: 'start' }, 100);
    expect(records).toHaveLength(ORDERS);
    await emptyBucket(world.landing.bucket);
    await cdk('destroy', 'Shop', '--force');
    await expect(world.stream.listShards()).rejects.toThrow();
  }, 300_000);
});
