import { CfnOutput, Duration, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { type IStream, Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  type LifecycleRule,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { AnyBucket, AnyTable, TandemResources } from '../constructs/resources.ts';
import { type Deployment, removalPolicy } from '../deployment.ts';

/** Parts of an upload that nobody finished are paid for, and seen by nobody. */
const ABANDONED_UPLOADS: LifecycleRule = { abortIncompleteMultipartUploadAfter: Duration.days(2) };

/** Objects of runs that were stopped; a run removes its own. */
const LEFT_WORK: LifecycleRule = { prefix: 'work/', expiration: Duration.days(7) };

const QUERY_RESULTS: LifecycleRule = { prefix: 'athena-results/', expiration: Duration.days(30) };

/** Everything that holds data. Functions come and go without it. */
export class StorageStack extends Stack implements TandemResources {
  readonly landing: AnyBucket;
  readonly lake: AnyBucket;
  readonly failures: AnyBucket;
  readonly state: AnyTable;
  readonly stream: IStream;
  readonly key: IKey | null = null;
  readonly #deployment: Deployment;

  constructor(scope: Construct, id: string, props: StackProps & { deployment: Deployment }) {
    super(scope, id, props);
    this.#deployment = props.deployment;
    const landing = this.#bucket('Landing', [ABANDONED_UPLOADS]);
    tellEventBridge(landing);
    this.landing = landing;
    const lake = this.#bucket('Lake', [ABANDONED_UPLOADS, LEFT_WORK, QUERY_RESULTS]);
    // What is published there, the catalogue has to know; emulators have none.
    if (!this.#deployment.isEmulator) tellEventBridge(lake);
    this.lake = lake;
    this.failures = this.#bucket('Failures', [ABANDONED_UPLOADS]);
    this.state = this.#stateTable();
    this.stream = this.#orderStream();
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Who touched an object is what CloudTrail data events tell, where that is wanted.',
    });
    this.#output('LandingBucket', this.landing.bucketName, 'CSV files go here');
    this.#output('LakeBucket', this.lake.bucketName, 'tables, manifests and raw segments');
    this.#output('FailuresBucket', this.failures.bucketName, 'record batches that were given up');
    this.#output('StateTable', this.state.tableName, 'shard logs, epochs and the starter');
    this.#output('StreamName', this.stream.streamName, 'order events go here');
  }

  #bucket(id: string, lifecycleRules: LifecycleRule[]): Bucket {
    return new Bucket(this, id, {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      lifecycleRules,
      removalPolicy: removalPolicy(this.#deployment),
    });
  }

  #stateTable(): Table {
    const { isEphemeral, isEmulator } = this.#deployment;
    return new Table(this, 'State', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.DEFAULT,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: !isEmulator },
      deletionProtection: !isEphemeral,
      removalPolicy: removalPolicy(this.#deployment),
    });
  }

  #orderStream(): Stream {
    const { streamMode, shards, retentionMs } = this.#deployment.config.aws;
    const isProvisioned = streamMode === 'provisioned';
    return new Stream(this, 'Orders', {
      streamMode: isProvisioned ? StreamMode.PROVISIONED : StreamMode.ON_DEMAND,
      ...(isProvisioned ? { shardCount: shards } : {}),
      retentionPeriod: Duration.hours(Math.round(retentionMs / 3_600_000)),
      encryption: this.#deployment.isEmulator
        ? StreamEncryption.UNENCRYPTED
        : StreamEncryption.MANAGED,
      removalPolicy: removalPolicy(this.#deployment),
    });
  }

  #output(key: string, value: string, description: string): void {
    new CfnOutput(this, key, { value, description });
  }
}

/** By the L1 property: the L2 one needs a custom resource, which not every emulator has. */
function tellEventBridge(bucket: Bucket): void {
  const resource = bucket.node.defaultChild as CfnBucket;
  resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
}
