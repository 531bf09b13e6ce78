import { randomUUID } from 'node:crypto';
import {
  CreateStreamCommand,
  DeleteStreamCommand,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import { makeKinesisClient } from '../../../lambdas/shared/adapters/aws/clients.ts';
import { KinesisEventStream } from '../../../lambdas/shared/adapters/aws/kinesis-event-stream.ts';
import { SystemClock } from '../../../lambdas/shared/runtime/clock.ts';
import { describeEventStream } from '../../contract/event-stream.ts';
import { exceptionsOf } from '../exceptions.ts';
import { runningEmulator } from '../running-emulator.ts';

const emulator = runningEmulator();
const client = makeKinesisClient();

describeEventStream(
  `KinesisEventStream on ${emulator.name}`,
  async (shardCount) => {
    const streamName = `contract-${randomUUID()}`;
    await client.send(
      new CreateStreamCommand({
        StreamName: streamName,
        ShardCount: shardCount,
        StreamModeDetails: { StreamMode: 'PROVISIONED' },
      }),
    );
    const wait = { client, maxWaitTime: 60, minDelay: 1, maxDelay: 2 };
    await waitUntilStreamExists(wait, { StreamName: streamName });
    return {
      stream: new KinesisEventStream({
        client,
        name: 'orders',
        streamName,
        clock: new SystemClock(),
      }),
      close: async () => {
        const command = new DeleteStreamCommand({ StreamName: streamName });
        await client.send(command);
      },
    };
  },
  exceptionsOf(emulator.name).eventStream,
);
