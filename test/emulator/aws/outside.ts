import { randomUUID } from 'node:crypto';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { CreateStreamCommand, DescribeStreamSummaryCommand } from '@aws-sdk/client-kinesis';
import {
  CreateBucketCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketVersioningCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3';
import {
  makeDynamoClient,
  makeKinesisClient,
  makeS3Client,
} from '../../../lambdas/shared/adapters/aws/clients.ts';
import { KinesisEventStream } from '../../../lambdas/shared/adapters/aws/kinesis-event-stream.ts';
import { S3ObjectStore } from '../../../lambdas/shared/adapters/aws/s3-object-store.ts';
import { SystemClock } from '../../../lambdas/shared/runtime/clock.ts';
import { SystemRandomness } from '../../../lambdas/shared/runtime/randomness.ts';
import { eventually } from '../deployment.ts';

const s3 = makeS3Client();
const kinesis = makeKinesisClient();

/** A bucket and a stream that no stack of Tandem made. */
export interface Outside {
  readonly bucket: S3ObjectStore;
  readonly stream: KinesisEventStream;
  readonly streamName: string;
  /** What somebody else has set up, and nobody may change. */
  settings(): Promise<unknown>;
}

async function makeVersionedBucket(Bucket: string): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(
    new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  );
}

/** What a deployment keeps its data in, made by no stack. */
export async function makeOutsideData() {
  const name = `shop-${randomUUID().slice(0, 8)}`;
  const names = {
    lakeBucket: `${name}-lake`,
    failuresBucket: `${name}-failures`,
    stateTable: `${name}-state`,
  };
  await makeVersionedBucket(names.lakeBucket);
  await s3.send(new CreateBucketCommand({ Bucket: names.failuresBucket }));
  await makeDynamoClient().send(
    new CreateTableCommand({
      TableName: names.stateTable,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => {
        return { AttributeName, AttributeType: 'S' };
      }),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  return names;
}

/** As docs/deploying.md asks for them. */
export async function makeOutside(): Promise<Outside> {
  const clock = new SystemClock();
  const name = `shop-${randomUUID().slice(0, 8)}`;
  const Bucket = `${name}-exports`;
  await makeVersionedBucket(Bucket);
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      NotificationConfiguration: { EventBridgeConfiguration: {} },
    }),
  );
  const StreamName = `${name}-orders`;
  await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 2 }));
  const summary = async () => {
    const answer = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }));
    return answer.StreamDescriptionSummary;
  };
  await eventually('the stream is there', async () =>
    (await summary())?.StreamStatus === 'ACTIVE' ? true : null,
  );
  return {
    bucket: new S3ObjectStore({
      client: s3,
      bucket: Bucket,
      clock,
      randomness: new SystemRandomness(),
    }),
    stream: new KinesisEventStream({
      client: kinesis,
      name: 'orders',
      streamName: StreamName,
      clock,
    }),
    streamName: StreamName,
    async settings() {
      const place = { Bucket };
      const versioning = await s3.send(new GetBucketVersioningCommand(place));
      const events = await s3.send(new GetBucketNotificationConfigurationCommand(place));
      const { StreamARN, StreamCreationTimestamp, OpenShardCount, RetentionPeriodHours } =
        (await summary()) ?? {};
      return {
        ...{ versioning: versioning.Status, events: events.EventBridgeConfiguration },
        ...{ StreamARN, StreamCreationTimestamp, OpenShardCount, RetentionPeriodHours },
      };
    },
  };
}
