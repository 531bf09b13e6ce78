import { SystemClock } from '../../../lambdas/shared/runtime/clock.ts';
import { headOf } from '../../../lambdas/shared/state/shard-head.ts';
import { StateKeys } from '../../../lambdas/shared/state/state-keys.ts';
import { FAILED_BATCHES } from '../../../lambdas/stream/consume/count-messages.ts';
import { ordersCsv } from '../../support/batch-runs.ts';
import { anEvent } from '../../support/stream-world.ts';
import { type Deployed, eventually } from '../deployment.ts';
import type { Files } from './runbook-world.ts';

const HOUR_MS = 3_600_000;
const MONTH_MS = 30 * 24 * HOUR_MS;

/** Orders that both doors get, hour by hour, so that no drain makes later ones late. */
export class RunbookOrders {
  readonly #world: () => Deployed;
  readonly #startMs = new SystemClock().now() - MONTH_MS;
  #hours = 0;
  /** Records that were sent to the stream. */
  sent = 0;
  /** Records that came from messages, and not from the stream. */
  redriven = 0;

  constructor(world: () => Deployed) {
    this.#world = world;
  }

  /** Files for the batch door, and events of the same orders. */
  make(name: string, count: number) {
    this.#hours += 1;
    const order_timestamp = new Date(this.#startMs + this.#hours * HOUR_MS).toISOString();
    const ids = Array.from({ length: count }, (_, index) => `${name}-${index}`);
    const lines = ids.map((id) => `${id},c1,p1,${order_timestamp},1,10.00,completed`);
    const files: Files = { [`orders/${name}.csv`]: ordersCsv(lines) };
    const events = ids.map((order_id) => {
      return { partitionKey: order_id, data: anEvent({ order_id, order_timestamp }) };
    });
    return { files, events };
  }

  async send(events: readonly { partitionKey: string; data: Uint8Array }[]): Promise<void> {
    const results = await this.#world().stream.put(events);
    if (results.some(({ status }) => status !== 'stored')) throw new Error('not all is stored');
    this.sent += events.length;
  }

  /** Both doors get some orders; those of the stream are in its logs when it returns. */
  async both(name: string, count = 3): Promise<void> {
    const { files, events } = this.make(name, count);
    for (const [key, text] of Object.entries(files)) {
      await this.#world().landing.put(key, Buffer.from(text));
    }
    await this.send(events);
    await this.untilAllConsumed();
  }

  /** What was sent or redriven. */
  get received(): number {
    return this.sent + this.redriven;
  }

  async untilAllConsumed(): Promise<void> {
    await this.untilConsumed(this.received);
  }

  /** In the logs of all shards of a consumer. */
  async consumed(consumer = 'default'): Promise<number> {
    const { stream, state } = this.#world();
    const keys = new StateKeys(consumer, 'orders');
    let read = 0;
    for (const { shardId } of await stream.listShards()) {
      const item = await state.get(keys.head(shardId));
      if (item !== null) read += headOf(item.attributes).counts.read;
    }
    return read;
  }

  async untilConsumed(count: number): Promise<void> {
    await eventually(`${count} records are consumed`, async () =>
      (await this.consumed()) >= count ? true : null,
    );
  }

  /** As Lambda writes a record batch that it gave up, of a record that the stream never held. */
  async giveUp(name: string, number: bigint, event: { partitionKey: string; data: Uint8Array }) {
    const { stream, failures } = this.#world();
    const [{ shardId }] = await stream.listShards();
    const [first] = (await stream.read(shardId, { kind: 'start' }, 1)).records;
    const sequenceNumber = String(BigInt(first.sequenceNumber) - number);
    const arrival = first.arrivalTimeMs;
    const record = {
      sequenceNumber,
      partitionKey: event.partitionKey,
      approximateArrivalTimestamp: arrival / 1_000,
      data: Buffer.from(event.data).toString('base64'),
    };
    const message = {
      KinesisBatchInfo: {
        shardId,
        startSequenceNumber: sequenceNumber,
        endSequenceNumber: sequenceNumber,
        approximateArrivalOfFirstRecord: new Date(arrival).toISOString(),
      },
      payload: JSON.stringify({ Records: [{ kinesis: record }] }),
    };
    const key = `${FAILED_BATCHES}consumer/${shardId}/${name}`;
    await failures.put(key, Buffer.from(JSON.stringify(message)));
  }
}
