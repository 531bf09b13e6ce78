import { Duration, Size } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { EventSourceMapping, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { FunctionVariable } from '../../../lambdas/shared/adapters/aws/function-ports.ts';
import type { FunctionName } from '../bundle/function-names.ts';
import { keepFailedCalls, lostCallsQueue } from './lost-calls.ts';
import { allowItems, allowObjects, allowReading, type ObjectRights } from './permissions.ts';
import type { PipelineProps } from './pipeline-props.ts';
import { TandemFunction } from './tandem-function.ts';

const RAW = 'raw/stream/*';
const STATE = 'state/stream/*';
const TABLES = 'tables/stream/*';
const MANIFESTS = 'manifests/stream/*';
const SNAPSHOTS = 'snapshots/*';

/**
 * Consuming appends segments; resharding and folding are in the state table, but for the watermark
 * that a shard without known parents begins with: that is in the newest plan.
 */
const CONSUME: ObjectRights = { read: ['state/stream/plans/*'], write: [RAW] };

const PUBLISH: ObjectRights = {
  read: [RAW, STATE, TABLES, MANIFESTS, SNAPSHOTS],
  write: [STATE, TABLES, MANIFESTS, SNAPSHOTS],
  // Manifests: those of numbers that were given up.
  remove: [RAW, STATE, TABLES, MANIFESTS, SNAPSHOTS],
};

const PUBLISH_SHARD: ObjectRights = {
  read: [RAW, STATE, TABLES],
  write: [STATE, TABLES],
};

const DRAIN: ObjectRights = { ...PUBLISH, write: [...(PUBLISH.write ?? []), RAW] };

const REDRIVE: ObjectRights = { read: [RAW, MANIFESTS, STATE], write: [RAW] };

interface StreamFunction {
  readonly name: FunctionName;
  readonly description: string;
  readonly lake: ObjectRights;
  readonly variables?: Partial<Record<FunctionVariable, string>>;
}

/**
 * From events to the tables: event source mapping, consumer, publisher, and on-demand functions.
 */
export class StreamPipeline extends Construct {
  readonly consumer: TandemFunction;
  readonly publisher: TandemFunction;
  readonly shardPublisher: TandemFunction;
  readonly drain: TandemFunction;
  readonly redrive: TandemFunction;
  readonly mapping: EventSourceMapping;
  readonly lostCalls: Queue;
  readonly #props: PipelineProps;

  constructor(scope: Construct, id: string, props: PipelineProps) {
    super(scope, id);
    this.#props = props;
    this.consumer = this.#make({
      name: 'consumeOrders',
      description: 'Appends record batches to the logs of their shards',
      lake: CONSUME,
    });
    this.shardPublisher = this.#make({
      name: 'publishShard',
      description: 'Writes the files of one shard of a large epoch',
      lake: PUBLISH_SHARD,
    });
    const shardPublisher = this.shardPublisher.function;
    const { failures } = props.storage;
    const variables = {
      PUBLISH_SHARD_FUNCTION: shardPublisher.functionName,
      FAILURES_BUCKET: failures.bucketName,
    };
    const publisher = { lake: PUBLISH, variables };
    this.publisher = this.#make({
      ...publisher,
      name: 'publishEpoch',
      description: 'Publishes epochs on a schedule',
    });
    this.drain = this.#make({
      ...publisher,
      name: 'drain',
      lake: DRAIN,
      description: 'Finalises the windows of the stream on demand',
    });
    for (const { role } of [this.publisher, this.drain]) {
      shardPublisher.grantInvoke(role);
      allowObjects(role, props.storage.landing, { read: ['customers/*', 'products/*'] });
    }
    this.redrive = this.#make({
      name: 'redrive',
      description: 'Retries given-up record batches on demand',
      lake: REDRIVE,
      variables: { FAILURES_BUCKET: failures.bucketName },
    });
    const messages = { read: ['aws/lambda/*'], remove: ['aws/lambda/*'] };
    allowObjects(this.redrive.role, failures, messages);
    allowObjects(this.publisher.role, failures, {});
    this.mapping = this.#eventSource();
    this.lostCalls = lostCallsQueue(this, props.storage.key);
    keepFailedCalls(this.publisher, this.lostCalls, props.storage.key);
    this.#schedule();
  }

  #make({ name, description, lake: rights, variables = {} }: StreamFunction): TandemFunction {
    const { deployment, storage, codeOf } = this.#props;
    const { landing, lake, state, stream } = storage;
    const { config } = deployment;
    const made = new TandemFunction(this, name, {
      deployment,
      description,
      code: codeOf(name),
      key: storage.key,
      memory: Size.mebibytes(Math.round(config.aws.streamMemoryBytes / 1024 ** 2)),
      variables: {
        ...variables,
        LANDING_BUCKET: landing.bucketName,
        LAKE_BUCKET: lake.bucketName,
        STATE_TABLE: state.tableName,
        STREAM_NAME: stream.streamName,
      },
    });
    allowObjects(made.role, lake, rights);
    allowItems(made.role, state, [`default/${config.stream.name}#*`]);
    allowReading(made.role, stream);
    return made;
  }

  /** The event source mapping that stream protocol §1 requires. */
  #eventSource(): EventSourceMapping {
    const { deployment, storage } = this.#props;
    const { aws, stream } = deployment.config;
    const { retryLimit, bisect } = aws;
    const isEndless = retryLimit === null;
    const { failures } = storage;
    const onFailure = { bind: () => ({ destination: failures.bucketArn }) };
    allowObjects(this.consumer.role, failures, { write: ['aws/lambda/*'] });
    const mapping = new EventSourceMapping(this, 'Mapping', {
      target: this.consumer.function,
      eventSourceArn: storage.stream.streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: stream.batchSize,
      maxBatchingWindow: Duration.millis(aws.batchWindowMs),
      // Two batches of one shard side by side: the checkpoint would pass unread records.
      parallelizationFactor: 1,
      reportBatchItemFailures: true,
      // -1, endless: a record batch is given up only if the config says so.
      ...(isEndless ? {} : { retryAttempts: retryLimit, bisectBatchOnError: bisect }),
      // A bucket keeps the records; a queue would keep their sequence numbers only.
      onFailure,
    });
    mapping.node.addDependency(this.consumer.role);
    return mapping;
  }

  #schedule(): void {
    const everyMs = this.#props.deployment.config.stream.publishEveryMs;
    new Rule(this, 'Publications', {
      description: 'Publishes epochs',
      schedule: Schedule.rate(Duration.minutes(Math.ceil(everyMs / 60_000))),
      // The next one is due soon.
      targets: [
        this.publisher.asTarget('publish', { deadLetterQueue: this.lostCalls, retryAttempts: 0 }),
      ],
    });
  }
}
