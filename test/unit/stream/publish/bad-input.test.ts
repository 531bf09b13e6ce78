import { describe, expect, it } from 'vitest';
import { TerminalError } from '../../../../lambdas/shared/model/errors.ts';
import { readHead } from '../../../../lambdas/shared/state/fold.ts';
import { OrderConsumer } from '../../../../lambdas/stream/consume/consume-orders.ts';
import { drainStream } from '../../../../lambdas/stream/operate/drain/drain-stream.ts';
import { InlineEpochWriter } from '../../../../lambdas/stream/publish/write/inline-epoch-writer.ts';
import { hookedStore } from '../../../support/hooked-store.ts';
import {
  consumeAll,
  currentManifest,
  recordsOf,
  rowsOf,
  sendOrders,
} from '../../../support/stream-steps.ts';
import { anEvent, createStreamWorld } from '../../../support/stream-world.ts';

const SHARD = 'shardId-000000000000';
const MIB = 1024 * 1024;

/** An event and the issues of contract §2 that it has. */
const BAD_EVENTS: Readonly<Record<string, readonly [Uint8Array, string]>> = {
  'no byte at all': [new Uint8Array(0), 'invalid_json'],
  'text that is no JSON': [Buffer.from('order o1, two pieces'), 'invalid_json'],
  'a NaN token': [Buffer.from('{"order_id":"a","quantity":NaN}'), 'invalid_json'],
  'an array': [Buffer.from('[1,2,3]'), 'invalid_json'],
  'a nested value in a field': [anEvent({ price: { cents: 5 } }), 'invalid_json'],
  'a number of 400 digits': [anEvent({ quantity: '9'.repeat(400) }), 'quantity_too_large'],
  'a price in scientific notation': [anEvent({ price: '1e3' }), 'price_not_decimal'],
  'bytes that are not UTF-8': [Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d), 'invalid_utf8'],
  'the magic of an aggregated record': [Uint8Array.of(0xf3, 0x89, 0x9a, 0xc2, 1), 'kpl_aggregated'],
  'nearly 1 MiB of blanks': [Buffer.from(`${' '.repeat(MIB - 64)}{}`), 'order_id_missing'],
};

describe('a record that cannot be used', () => {
  it('ends in quarantine with its issues, whatever its bytes are', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    const events = Object.values(BAD_EVENTS);
    await world.stream.put(events.map(([data]) => ({ partitionKey: 'k', data })));
    await consumeAll(world, context);

    await drainStream(context, new OrderConsumer(context), new InlineEpochWriter(context));

    const manifest = await currentManifest(world);
    expect(manifest.counts).toMatchObject({ read: events.length, quarantined: events.length });
    const rows = await rowsOf(world, manifest, 'quarantine');
    rows.forEach((row, index) => {
      expect(String(row.issues).split(',')).toContain(events[index][1]);
    });
  });

  it('does not keep the records behind it from being counted', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    await world.stream.put([{ partitionKey: 'k', data: new Uint8Array(0) }]);
    await sendOrders(world, [{ order_id: 'a' }]);

    await consumeAll(world, context);

    expect((await readHead(context, SHARD))?.counts).toMatchObject({ active: 1, quarantined: 1 });
  });
});

describe('a shard that the stream does not know', () => {
  it('fails the batch, and nothing is written', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    await sendOrders(world, [{ order_id: 'a' }]);
    const records = await recordsOf(world, SHARD);

    const result = await new OrderConsumer(context).consume('shardId-000000000099', records);

    expect(result).toMatchObject({
      status: 'failed',
      fromSequenceNumber: records[0].sequenceNumber,
    });
    expect(await readHead(context, 'shardId-000000000099')).toBe(null);
  });
});

describe('a full disk', () => {
  it('fails the batch from its first record, and loses nothing once there is room', async () => {
    const world = createStreamWorld();
    const context = await world.open();
    await sendOrders(world, [{ order_id: 'a' }, { order_id: 'b' }]);
    const records = await recordsOf(world, SHARD);
    const lake = hookedStore(context.lake, (operation) => {
      if (operation !== 'put') return;
      throw new TerminalError('storage_error', 'no space left on device');
    });
    const consumer = new OrderConsumer({ ...context, lake });

    const full = await consumer.consume(SHARD, records);
    const after = await new OrderConsumer(context).consume(SHARD, records);

    expect(full).toMatchObject({ status: 'failed', fromSequenceNumber: records[0].sequenceNumber });
    expect(after).toEqual({ status: 'consumed' });
    expect((await readHead(context, SHARD))?.counts).toMatchObject({ read: 2, active: 2 });
  });
});
