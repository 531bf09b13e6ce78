import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { GlueClient, type GlueClientConfig } from '@aws-sdk/client-glue';
import { KinesisClient, type KinesisClientConfig } from '@aws-sdk/client-kinesis';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/** A server that is there takes a connection within milliseconds. */
const CONNECT_MS_MAX = 3_000;
/** DynamoDB answers within tens of milliseconds; the largest transactions take a second. */
const STATE_ANSWER_MS_MAX = 10_000;
const STREAM_ANSWER_MS_MAX = 15_000;
/** A hundred partitions take seconds. */
const CATALOGUE_ANSWER_MS_MAX = 30_000;
/** A whole upload may take minutes on a slow line; a connection without a byte is lost. */
const OBJECT_SILENCE_MS_MAX = 30_000;
/** Calls that a stage makes side by side on one client; more of them wait. */
const CONNECTIONS_MAX = 64;
/** Attempts of a call, the first one included. */
const ATTEMPTS_MAX = 5;

/**
 * The difference between AWS and an emulator. What is set here wins over the region, credentials
 * and `AWS_ENDPOINT_URL` that the SDK finds.
 */
export interface ClientOptions {
  readonly region?: string;
  /** Endpoint of an emulator. Defaults to `AWS_ENDPOINT_URL`, or to AWS. */
  readonly endpoint?: string;
}

/** Adaptive: a client that was throttled slows down by itself. One client for one resource. */
const RETRIES = { maxAttempts: ATTEMPTS_MAX, retryMode: 'adaptive' } as const;

/**
 * An S3 client with the project's retries and timeouts. Uses path-style addresses if an endpoint is
 * set: emulators do not serve bucket names as hosts.
 */
export function makeS3Client(options: ClientOptions = {}, config: S3ClientConfig = {}): S3Client {
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3 } = process.env;
  return new S3Client({
    ...RETRIES,
    ...options,
    // Bucket names are no host names where an emulator listens.
    forcePathStyle: Boolean(options.endpoint ?? AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL),
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECT_MS_MAX,
      socketTimeout: OBJECT_SILENCE_MS_MAX,
      httpAgent: { keepAlive: true, maxSockets: CONNECTIONS_MAX },
      httpsAgent: { keepAlive: true, maxSockets: CONNECTIONS_MAX },
    }),
    ...config,
  });
}

/** A DynamoDB client with the project's retries and a time limit per answer. */
export function makeDynamoClient(
  options: ClientOptions = {},
  config: DynamoDBClientConfig = {},
): DynamoDBClient {
  return new DynamoDBClient({
    ...RETRIES,
    ...options,
    requestHandler: handlerOf(STATE_ANSWER_MS_MAX),
    ...config,
  });
}

/** A Kinesis client over HTTP/1.1: emulators do not speak HTTP/2, the SDK's default. */
export function makeKinesisClient(
  options: ClientOptions = {},
  config: KinesisClientConfig = {},
): KinesisClient {
  return new KinesisClient({
    ...RETRIES,
    ...options,
    requestHandler: handlerOf(STREAM_ANSWER_MS_MAX),
    ...config,
  });
}

/** A Glue client with the project's retries and a time limit per answer. */
export function makeGlueClient(
  options: ClientOptions = {},
  config: GlueClientConfig = {},
): GlueClient {
  return new GlueClient({
    ...RETRIES,
    ...options,
    requestHandler: handlerOf(CATALOGUE_ANSWER_MS_MAX),
    ...config,
  });
}

/** Connections are kept; an answer that has not begun in time is an error, not a warning. */
function handlerOf(answerMsMax: number): NodeHttpHandler {
  return new NodeHttpHandler({
    connectionTimeout: CONNECT_MS_MAX,
    requestTimeout: answerMsMax,
    throwOnRequestTimeout: true,
    httpAgent: { keepAlive: true, maxSockets: CONNECTIONS_MAX },
    httpsAgent: { keepAlive: true, maxSockets: CONNECTIONS_MAX },
  });
}
