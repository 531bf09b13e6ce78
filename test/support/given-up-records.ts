import type { StreamRecord } from '../../lambdas/shared/ports/event-stream.ts';
import {
  type RedriveReport,
  redriveAll,
} from '../../lambdas/stream/operate/redrive/redrive-records.ts';
import { anEvent, type StreamWorld } from './stream-world.ts';

export const SHARD = 'shardId-000000000000';

/** Orders to the stream of one shard; answers all that it holds. */
export async function send(
  world: StreamWorld,
  ids: readonly string[],
): Promise<readonly StreamRecord[]> {
  await world.stream.put(
    ids.map((order_id) => ({ partitionKey: order_id, data: anEvent({ order_id }) })),
  );
  return (await world.stream.read(SHARD, { kind: 'start' }, 10_000)).records;
}

/** As Lambda writes it to a failure destination in S3. */
export async function giveUp(
  world: StreamWorld,
  records: readonly StreamRecord[],
  payloadOf: (event: unknown) => unknown = JSON.stringify,
): Promise<void> {
  const [first] = records;
  const message = {
    KinesisBatchInfo: {
      shardId: SHARD,
      startSequenceNumber: first.sequenceNumber,
      endSequenceNumber: records[records.length - 1].sequenceNumber,
      approximateArrivalOfFirstRecord: new Date(first.arrivalTimeMs).toISOString(),
    },
    payload: payloadOf({
      Records: records.map(({ sequenceNumber, partitionKey, arrivalTimeMs, data }) => ({
        kinesis: {
          sequenceNumber,
          partitionKey,
          approximateArrivalTimestamp: arrivalTimeMs / 1000,
          data: Buffer.from(data).toString('base64'),
        },
      })),
    }),
  };
  const key = `failed/${first.sequenceNumber}`;
  await world.lake.put(key, new TextEncoder().encode(JSON.stringify(message)));
}

export async function redrive(world: StreamWorld, isDryRun = false): Promise<RedriveReport[]> {
  const messages = { store: world.lake, prefix: 'failed/' };
  const reports: RedriveReport[] = [];
  for await (const report of redriveAll(await world.open(), messages, { isDryRun })) {
    reports.push(report);
  }
  return reports;
}
