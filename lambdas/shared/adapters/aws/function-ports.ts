import { TerminalError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Randomness } from '../../ports/randomness.ts';
import { makeDynamoClient, makeGlueClient, makeKinesisClient, makeS3Client } from './clients.ts';
import { DynamoStateStore } from './dynamo-state-store.ts';
import { GlueCatalogue } from './glue-catalogue.ts';
import { KinesisEventStream } from './kinesis-event-stream.ts';
import { S3ObjectStore } from './s3-object-store.ts';

/** What the stacks tell functions by their environment; `lib/aws` sets exactly these. */
export type FunctionVariable =
  | 'LANDING_BUCKET'
  | 'LAKE_BUCKET'
  | 'FAILURES_BUCKET'
  | 'STATE_TABLE'
  /** Name of the stream in Kinesis; the protocol's name for it is in the config. */
  | 'STREAM_NAME'
  | 'STATE_MACHINE_ARN'
  | 'STARTER_QUEUE_URL'
  | 'PUBLISH_SHARD_FUNCTION'
  | 'GLUE_DATABASE';

/** Reads an environment variable of the function. Throws `TerminalError` `variable_missing`. */
export function variable(name: FunctionVariable): string {
  const value = process.env[name];
  if (value !== undefined && value !== '') return value;
  throw new TerminalError(
    'variable_missing',
    `the function lacks the environment variable ${name}; deploy again: npx cdk deploy --all`,
  );
}

/**
 * The store of the bucket named by an environment variable. Throws `TerminalError`
 * `variable_missing`.
 */
export function bucketStore(
  name: FunctionVariable,
  ports: { readonly clock: Clock; readonly randomness: Randomness },
): S3ObjectStore {
  return new S3ObjectStore({ ...ports, client: makeS3Client(), bucket: variable(name) });
}

/**
 * The state store of the table named by `STATE_TABLE`. Throws `TerminalError` `variable_missing`.
 */
export function tableStore(): DynamoStateStore {
  return new DynamoStateStore({ client: makeDynamoClient(), tableName: variable('STATE_TABLE') });
}

/**
 * The Kinesis stream named by `STREAM_NAME`; `name` is the one in each record's `source`. Throws
 * `TerminalError` `variable_missing`.
 */
export function kinesisStream(name: string, clock: Clock): KinesisEventStream {
  const streamName = variable('STREAM_NAME');
  return new KinesisEventStream({ client: makeKinesisClient(), name, streamName, clock });
}

/**
 * The Glue catalogue named by `GLUE_DATABASE`, for files in `LAKE_BUCKET`. Throws `TerminalError`
 * `variable_missing`.
 */
export function glueCatalogue(): GlueCatalogue {
  return new GlueCatalogue({
    client: makeGlueClient(),
    database: variable('GLUE_DATABASE'),
    bucket: variable('LAKE_BUCKET'),
  });
}
