import type { StreamRecord } from '../../lambdas/shared/ports/event-stream.ts';
import type { World } from './world.ts';

export const MESSAGE_PREFIX = 'failed/';

/**
 * What Lambda writes for a batch that it gave up ("Retaining discarded batches for a Kinesis event
 * source"): to S3 with the records, to other destinations without.
 */
export function putMessage(world: World, shardId: string, batch: readonly StreamRecord[]): void {
  const [first] = batch;
  const last = batch[batch.length - 1];
  const message = {
    KinesisBatchInfo: {
      shardId,
      startSequenceNumber: first.sequenceNumber,
      endSequenceNumber: last.sequenceNumber,
      approximateArrivalOfFirstRecord: new Date(first.arrivalTimeMs).toISOString(),
    },
    ...(world.randoms.actors.chance(0.7) ? { payload: payloadOf(batch) } : {}),
  };
  const key = `${MESSAGE_PREFIX}${String(world.nextId()).padStart(6, '0')}`;
  void world.messages.put(key, new TextEncoder().encode(JSON.stringify(message)));
  world.scheduler.note(`mapping gives up ${batch.length} records of ${shardId.slice(-4)}: ${key}`);
}

function payloadOf(batch: readonly StreamRecord[]): string {
  const records = batch.map(({ sequenceNumber, partitionKey, arrivalTimeMs, data }) => ({
    kinesis: {
      sequenceNumber,
      partitionKey,
      data: Buffer.from(data).toString('base64'),
      approximateArrivalTimestamp: arrivalTimeMs / 1_000,
    },
  }));
  return JSON.stringify({ Records: records });
}
