/**
 * What the largest function of the stream loads and makes before its first event: logger, metrics,
 * and the clients of S3, DynamoDB and Kinesis. Bundled as functions are.
 */

import {
  makeDynamoClient,
  makeKinesisClient,
  makeS3Client,
} from '../../../lambdas/shared/adapters/aws/clients.ts';
import { DynamoStateStore } from '../../../lambdas/shared/adapters/aws/dynamo-state-store.ts';
import { KinesisEventStream } from '../../../lambdas/shared/adapters/aws/kinesis-event-stream.ts';
import { S3ObjectStore } from '../../../lambdas/shared/adapters/aws/s3-object-store.ts';
import { SystemClock } from '../../../lambdas/shared/runtime/clock.ts';
import { lambdaHandler, logger } from '../../../lambdas/shared/runtime/lambda-handler.ts';
import { SystemRandomness } from '../../../lambdas/shared/runtime/randomness.ts';

const region = 'us-east-1';
const clock = new SystemClock();

export const handler = lambdaHandler(() => {
  const randomness = new SystemRandomness();
  const client = makeS3Client({ region });
  const ports = [
    new S3ObjectStore({ client, clock, randomness, bucket: 'lake' }),
    new DynamoStateStore({ client: makeDynamoClient({ region }), tableName: 'state' }),
    new KinesisEventStream({ client: makeKinesisClient({ region }), name: 'orders', clock }),
  ];
  return async () => ports.length;
});

logger.setLogLevel('SILENT'); // The harness reads what is printed.
void handler({}, {} as never).then(() => process.stdout.write('{}'));
