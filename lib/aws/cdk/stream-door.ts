import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IStream } from 'aws-cdk-lib/aws-kinesis';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IEventSourceMapping, IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { ReplayPipeline } from '../constructs/replay-pipeline.ts';
import type { AnyBucket, AnyTable, TandemResources } from '../constructs/resources.ts';
import { StorageParts } from '../constructs/storage-parts.ts';
import { StreamPipeline } from '../constructs/stream-pipeline.ts';
import { type Options, optionsOf, type TandemOptions } from './options.ts';

export interface StreamDoorProps extends TandemOptions {
  /**
   * Source of the order events. Your own stream keeps its shards and retention; Tandem reads it
   * from the oldest record on, beside its other readers.
   *
   * @default a new stream, with `aws.shards` shards and `aws.retention` of the config
   */
  readonly stream?: IStream;
  /**
   * Bucket for tables, manifests and raw segments. To compare both doors, give both the same lake.
   * Nothing else in the bucket is touched, see `BatchDoorProps.lake`.
   *
   * @default a new bucket: encrypted, private, versioned, with expiry from the config
   */
  readonly lake?: AnyBucket;
  /**
   * Whose `customers/` and `products/` are joined to orders. It is read only.
   *
   * @default a new bucket: encrypted, private, versioned
   */
  readonly landing?: AnyBucket;
  /**
   * A table with partition key `pk` and sort key `sk`, both texts, for the log of each shard. It
   * may be that of the batch door.
   *
   * @default a new table: on demand, with point-in-time recovery
   */
  readonly state?: AnyTable;
  /**
   * Keeps record batches that were given up, below `aws/lambda/`, until they are redriven.
   *
   * @default a new bucket: encrypted, private
   */
  readonly failures?: AnyBucket;
  /**
   * Encrypts all that is made. What is given is encrypted as it is; its key is taken from it.
   *
   * @default keys of AWS
   */
  readonly key?: IKey;
}

/**
 * The stream door: turns events in `stream` into tables in `lake`, one epoch every `stream.every`
 * of the config; `manifests/stream/CURRENT.json` names the current one.
 */
export class StreamDoor extends Construct {
  readonly stream: IStream;
  readonly lake: IBucket;
  readonly landing: IBucket;
  readonly state: ITable;
  readonly failures: IBucket;
  /** Is called with the records of the stream. */
  readonly consumer: IFunction;
  /** Is called by a schedule, and publishes what was consumed. */
  readonly publisher: IFunction;
  /** Invoked with `{}`, it makes the open windows final. */
  readonly drain: IFunction;
  /** Invoked with `{}`, it brings back what was given up. */
  readonly redrive: IFunction;
  readonly mapping: IEventSourceMapping;
  /** Fills one consumer other than the default one per execution (docs/operations.md). */
  readonly replay: IStateMachine;
  /** @internal */
  readonly pipeline: StreamPipeline;
  /** @internal */
  readonly options: Options;
  /** @internal */
  readonly storage: TandemResources;

  constructor(scope: Construct, id: string, props: StreamDoorProps = {}) {
    super(scope, id);
    this.options = optionsOf(this, props);
    const parts = new StorageParts(this, this.options.deployment, props.key);
    this.stream = props.stream ?? parts.stream();
    this.lake = (props.lake ?? parts.lake()) as IBucket;
    this.landing = (props.landing ?? parts.landing()) as IBucket;
    this.state = (props.state ?? parts.state()) as ITable;
    this.failures = (props.failures ?? parts.failures()) as IBucket;
    const { stream, lake, landing, state, failures } = this;
    this.storage = { stream, lake, landing, state, failures, key: parts.key };
    const pipelineProps = { ...this.options, storage: this.storage };
    this.pipeline = new StreamPipeline(this, 'Door', pipelineProps);
    this.replay = new ReplayPipeline(this, 'Replay', pipelineProps).stateMachine;
    this.consumer = this.pipeline.consumer.function;
    this.publisher = this.pipeline.publisher.function;
    this.drain = this.pipeline.drain.function;
    this.redrive = this.pipeline.redrive.function;
    this.mapping = this.pipeline.mapping;
  }
}
