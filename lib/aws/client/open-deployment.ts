import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { SFNClient } from '@aws-sdk/client-sfn';
import {
  makeDynamoClient,
  makeKinesisClient,
  makeS3Client,
} from '../../../lambdas/shared/adapters/aws/clients.ts';
import { DynamoStateStore } from '../../../lambdas/shared/adapters/aws/dynamo-state-store.ts';
import { KinesisEventStream } from '../../../lambdas/shared/adapters/aws/kinesis-event-stream.ts';
import {
  type LambdaQuota,
  makeLambdaQuota,
} from '../../../lambdas/shared/adapters/aws/lambda-quota.ts';
import { S3ObjectStore } from '../../../lambdas/shared/adapters/aws/s3-object-store.ts';
import type { Config } from '../../../lambdas/shared/model/config.ts';
import { SystemClock } from '../../../lambdas/shared/runtime/clock.ts';
import { SystemRandomness } from '../../../lambdas/shared/runtime/randomness.ts';
import { BatchExecutions } from './batch-executions.ts';
import { DeadLetters } from './dead-letters.ts';
import { DeployedAlarms } from './deployed-alarms.ts';
import { DeployedFunctions, makeLambdaClient } from './deployed-functions.ts';
import { findDeployment, type Outputs, regionOptions } from './find-deployment.ts';
import { makeSqsClient } from './queue-messages.ts';
import { ReplayExecutions } from './replay-executions.ts';

/** What is deployed, as the command line works with it. */
export interface DeployedResources {
  readonly outputs: Outputs;
  readonly landing: S3ObjectStore;
  readonly lake: S3ObjectStore;
  readonly failures: S3ObjectStore;
  readonly state: DynamoStateStore;
  readonly stream: KinesisEventStream;
  readonly functions: DeployedFunctions;
  readonly executions: BatchExecutions;
  readonly replays: ReplayExecutions;
  readonly alarms: DeployedAlarms;
  readonly deadLetters: DeadLetters;
  readonly quota: LambdaQuota;
}

/** Opens the deployment that the config names. Throws the errors of `findDeployment`. */
export async function openDeployment(config: Config): Promise<DeployedResources> {
  const outputs = await findDeployment(config.aws.stackPrefix);
  const region = regionOptions();
  const clock = new SystemClock();
  const ports = { client: makeS3Client(region), clock, randomness: new SystemRandomness() };
  const { name } = config.stream;
  const stepFunctions = new SFNClient(region);
  return {
    outputs,
    landing: new S3ObjectStore({ ...ports, bucket: outputs.LandingBucket }),
    lake: new S3ObjectStore({ ...ports, bucket: outputs.LakeBucket }),
    failures: new S3ObjectStore({ ...ports, bucket: outputs.FailuresBucket }),
    state: new DynamoStateStore({
      client: makeDynamoClient(region),
      tableName: outputs.StateTable,
    }),
    stream: new KinesisEventStream({
      client: makeKinesisClient(region),
      name,
      streamName: outputs.StreamName,
      clock,
    }),
    functions: new DeployedFunctions(outputs, makeLambdaClient(region)),
    executions: new BatchExecutions(outputs.StateMachine, stepFunctions),
    replays: new ReplayExecutions(outputs.ReplayMachine, stepFunctions),
    alarms: new DeployedAlarms(config.aws.stackPrefix, new CloudWatchClient(region)),
    deadLetters: new DeadLetters(outputs.LostNotifications, makeSqsClient()),
    quota: makeLambdaQuota(region),
  };
}
