import { expect, it } from 'vitest';
import { RetryableError } from '../../../../lambdas/shared/model/errors.ts';
import type { EpochMs } from '../../../../lambdas/shared/model/time.ts';
import { readHead } from '../../../../lambdas/shared/state/fold.ts';
import type { StreamContext } from '../../../../lambdas/shared/state/stream-context.ts';
import { OrderConsumer } from '../../../../lambdas/stream/consume/consume-orders.ts';
import { drainStream } from '../../../../lambdas/stream/operate/drain/drain-stream.ts';
import { EpochDimensions } from '../../../../lambdas/stream/publish/plan/epoch-dimensions.ts';
import type { EpochWriter } from '../../../../lambdas/stream/publish/write/epoch-writer.ts';
import { InlineEpochWriter } from '../../../../lambdas/stream/publish/write/inline-epoch-writer.ts';
import { sendOrders } from '../../../support/stream-steps.ts';
import { createStreamWorld } from '../../../support/stream-world.ts';

it('passes over no record whose arrival time is later than that of the next one', async () => {
  const world = createStreamWorld();
  const context = await world.open();
  await sendOrders(world, [{ order_id: 'a' }, { order_id: 'b' }, { order_id: 'c' }]);
  // Kinesis: an arrival time is approximate, and need not grow within a shard.
  const read = world.stream.read.bind(world.stream);
  const hourMs = 3_600_000;
  world.stream.read = async (...position) => {
    const result = await read(...position);
    const records = result.records.map((record) =>
      record.partitionKey === 'b'
        ? { ...record, arrivalTimeMs: (record.arrivalTimeMs + hourMs) as EpochMs }
        : record,
    );
    return { ...result, records };
  };

  await drainStream(context, new OrderConsumer(context), new InlineEpochWriter(context));

  expect((await readHead(context, 'shardId-000000000000'))?.counts.active).toBe(3);
});

it('plans anew what another version planned of a stream without an event time', async () => {
  const world = createStreamWorld();
  const context = await world.open();
  await world.stream.put([{ partitionKey: 'a', data: new TextEncoder().encode('no event') }]);
  const writer = new InlineEpochWriter(context);
  const killed: EpochWriter = {
    dimensions: new EpochDimensions(context),
    write: () => Promise.reject(new RetryableError('killed')),
  };
  const drain = (ours: StreamContext, own: EpochWriter, isReplan: boolean) =>
    drainStream(ours, new OrderConsumer(ours), own, { isReplan });
  const other = { ...context, codeVersion: 'another' };
  await expect(drain(other, killed, false)).rejects.toThrow('killed');

  await expect(drain(context, writer, false)).rejects.toThrow('tandem drain --replan');
  const { drainedToMs, plan } = await drain(context, writer, true);

  expect(drainedToMs).toBeNull();
  expect(plan).toMatchObject({ epoch: 2, codeVersion: 'test' });
});
