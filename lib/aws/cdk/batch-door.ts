import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { BatchPipeline } from '../constructs/batch-pipeline.ts';
import type { AnyBucket, AnyTable } from '../constructs/resources.ts';
import { StorageParts } from '../constructs/storage-parts.ts';
import { type Options, optionsOf, type TandemOptions } from './options.ts';

export interface BatchDoorProps extends TandemOptions {
  /**
   * Bucket into which files of orders, customers and products are put, below `orders/`,
   * `customers/` and `products/`. It is only read. Your own bucket must send its events to
   * EventBridge (`eventBridgeEnabled: true`), or uploads start no run.
   *
   * @default a new bucket: encrypted, private, versioned, with events
   */
  readonly landing?: AnyBucket;
  /**
   * Bucket for tables and manifests. Your own bucket may hold other things too: only objects below
   * `tables/`, `manifests/`, `state/`, `work/`, `raw/`, `snapshots/` and `reports/` are touched. It
   * keeps its own life-cycle rules.
   *
   * @default a new bucket: encrypted, private, versioned, with expiry from the config
   */
  readonly lake?: AnyBucket;
  /**
   * A table with partition key `pk` and sort key `sk`, both texts: which run is under way, and what
   * was uploaded since.
   *
   * @default a new table: on demand, with point-in-time recovery
   */
  readonly state?: AnyTable;
  /**
   * Encrypts all that is made. What is given is encrypted as it is; its key is taken from it.
   *
   * @default keys of AWS
   */
  readonly key?: IKey;
}

/**
 * The batch door: files put into `landing` start a run half a minute after the last one, and its
 * tables appear in `lake`, named by `manifests/batch/CURRENT.json`.
 */
export class BatchDoor extends Construct {
  readonly landing: IBucket;
  readonly lake: IBucket;
  readonly state: ITable;
  /** One execution for each run. */
  readonly stateMachine: IStateMachine;
  /** Invoked with `{"tandem":"request"}`, it starts a run without an upload. */
  readonly starter: IFunction;
  /** Notifications of uploads that could not be read. */
  readonly deadLetters: IQueue;
  /** @internal */
  readonly pipeline: BatchPipeline;
  /** @internal */
  readonly options: Options;

  constructor(scope: Construct, id: string, props: BatchDoorProps = {}) {
    super(scope, id);
    this.options = optionsOf(this, props);
    const parts = new StorageParts(this, this.options.deployment, props.key);
    this.landing = (props.landing ?? parts.landing()) as IBucket;
    this.lake = (props.lake ?? parts.lake()) as IBucket;
    this.state = (props.state ?? parts.state()) as ITable;
    const { landing, lake, state } = this;
    const storage = { landing, lake, state, key: parts.key };
    this.pipeline = new BatchPipeline(this, 'Door', { ...this.options, storage });
    this.stateMachine = this.pipeline.stateMachine;
    this.starter = this.pipeline.starter.function;
    this.deadLetters = this.pipeline.deadLetters;
  }
}
