import type { ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IStream } from 'aws-cdk-lib/aws-kinesis';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Bucket, IBucket } from 'aws-cdk-lib/aws-s3';

/** Both types: under `exactOptionalPropertyTypes` the class does not fit its own interface. */
export type AnyBucket = Bucket | IBucket;
export type AnyTable = Table | ITable;

/**
 * The resources that the doors work on: made by the storage stack, brought by the config, or of a
 * foreign stack.
 */
export interface TandemResources {
  /** CSV files below `orders/`, `customers/`, `products/`; its events go to EventBridge. */
  readonly landing: AnyBucket;
  /** Tables, manifests, raw segments; its events go to EventBridge where a catalogue follows. */
  readonly lake: AnyBucket;
  /** What the event source mapping gave up, until it is redriven. */
  readonly failures: AnyBucket;
  /** Partition key `pk`, sort key `sk`, both texts. */
  readonly state: AnyTable;
  readonly stream: IStream;
  /** Encrypts all of these, queues and logs; null: keys of AWS do. */
  readonly key: IKey | null;
}
