import type { StreamRecord } from '../../lambdas/shared/ports/event-stream.ts';
import { FAILED_BATCHES } from '../../lambdas/stream/consume/count-messages.ts';
import type { KinesisEvent } from '../../lambdas/stream/consume/kinesis-event.ts';
import type { World } from './world.ts';

/**
 * What Lambda writes for a batch that it gave up ("Retaining discarded batches for a Kinesis event
 * source"): to S3 with the records, to other destinations without.
 */
export function putMessage(world: World, shardId: string, batch: readonly StreamRecord[]): void {
  const [first] = batch;
  const last = batch[batch.length - 1];
  const isWhole = world.randoms.actors.chance(0.7);
  for (const { sequenceNumber } of isWhole ? batch : []) {
    world.kept.add(`${shardId} ${sequenceNumber}`);
  }
  const message = {
    KinesisBatchInfo: {
      shardId,
      startSequenceNumber: first.sequenceNumber,
      endSequenceNumber: last.sequenceNumber,
      approximateArrivalOfFirstRecord: new Date(first.arrivalTimeMs).toISOString(),
    },
    ...(isWhole ? { payload: payloadOf(shardId, batch) } : {}),
  };
  const key = `${FAILED_BATCHES}${String(world.nextId()).padStart(6, '0')}`;
  void world.messages.put(key, new TextEncoder().encode(JSON.stringify(message)));
  world.scheduler.note(`mapping gives up ${batch.length} records of ${shardId.slice(-4)}: ${key}`);
}

function payloadOf(shardId: string, batch: readonly StreamRecord[]): string {
  return JSON.stringify({ Records: batch.map((record) => eventRecord(shardId, record)) });
}

/** A record as Lambda hands it to a function. */
export function eventRecord(
  shardId: string,
  { sequenceNumber, partitionKey, arrivalTimeMs, data }: StreamRecord,
): KinesisEvent['Records'][number] {
  return {
    eventID: `${shardId}:${sequenceNumber}`,
    kinesis: {
      sequenceNumber,
      partitionKey,
      data: Buffer.from(data).toString('base64'),
      approximateArrivalTimestamp: arrivalTimeMs / 1_000,
    },
  };
}
