import {
  Annotations,
  CfnOutput,
  CfnResource,
  CfnWaitConditionHandle,
  Duration,
  Stack,
  type StackProps,
  Validations,
} from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { type IStream, Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  type LifecycleRule,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { failuresRules, lakeRules, landingRules } from '../constructs/lifecycle-rules.ts';
import type { AnyBucket, AnyTable, TandemResources } from '../constructs/resources.ts';
import { type Deployment, removalPolicy } from '../deployment.ts';

interface BucketProps {
  /** Of the config: then it is taken as it is, and the rest does not count. */
  readonly name: string | null;
  readonly lifecycleRules: LifecycleRule[];
  readonly versioned: boolean;
  readonly tellsEventBridge: boolean;
}

/**
 * Everything that holds data. Functions come and go without it. What `aws.existing` names is only
 * referred to: nothing of it is changed, and it stays when the stack goes.
 */
export class StorageStack extends Stack implements TandemResources {
  readonly landing: AnyBucket;
  readonly lake: AnyBucket;
  readonly failures: AnyBucket;
  readonly state: AnyTable;
  readonly stream: IStream;
  readonly key: IKey | null;
  readonly #deployment: Deployment;

  constructor(scope: Construct, id: string, props: StackProps & { deployment: Deployment }) {
    super(scope, id, props);
    this.#deployment = props.deployment;
    const { aws } = this.#deployment.config;
    const { landingBucket, lakeBucket, failuresBucket } = aws.existing;
    this.key = this.#existingKey();
    this.landing = this.#bucket('Landing', {
      name: landingBucket,
      lifecycleRules: landingRules(aws),
      versioned: true,
      tellsEventBridge: true,
    });
    this.lake = this.#bucket('Lake', {
      name: lakeBucket,
      lifecycleRules: lakeRules(aws),
      versioned: true,
      // What is published there, the catalogue has to know; emulators have none.
      tellsEventBridge: !this.#deployment.isEmulator,
    });
    this.failures = this.#bucket('Failures', {
      name: failuresBucket,
      lifecycleRules: failuresRules(),
      versioned: false,
      tellsEventBridge: false,
    });
    this.state = this.#stateTable();
    this.stream = this.#orderStream();
    const isEmpty = !this.node.findAll().some((found) => CfnResource.isCfnResource(found));
    // A stack without resources is not deployed, and with it the names that others ask for.
    if (isEmpty) new CfnWaitConditionHandle(this, 'Nothing');
    const brought = Object.values(aws.existing).filter((name) => name !== null);
    if (brought.length > 0) {
      Annotations.of(this).addInfo(
        `${brought.join(', ')}: taken as they are (docs/deploying.md); what is not switched on there, ` +
          'tandem status --target aws says',
      );
    }
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

  #existingKey(): IKey | null {
    const { kmsKey } = this.#deployment.config.aws.existing;
    if (kmsKey === null) return null;
    const resource = { service: 'kms', resource: 'key', resourceName: kmsKey };
    return Key.fromKeyArn(
      this,
      'Key',
      kmsKey.startsWith('arn:') ? kmsKey : this.formatArn(resource),
    );
  }

  /** Whatever is brought may be encrypted with it: rights to it do no harm where it is not. */
  #keyOfExisting(): { encryptionKey?: IKey } {
    return this.key === null ? {} : { encryptionKey: this.key };
  }

  #bucket(id: string, props: BucketProps): AnyBucket {
    const { name, lifecycleRules, versioned, tellsEventBridge } = props;
    if (name !== null) {
      const attributes = { bucketName: name, ...this.#keyOfExisting() };
      return Bucket.fromBucketAttributes(this, id, attributes);
    }
    const bucket = new Bucket(this, id, {
      ...(this.key === null
        ? { encryption: BucketEncryption.S3_MANAGED }
        : { encryption: BucketEncryption.KMS, encryptionKey: this.key, bucketKeyEnabled: true }),
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned,
      lifecycleRules,
      removalPolicy: removalPolicy(this.#deployment),
    });
    if (tellsEventBridge) tellEventBridge(bucket);
    return bucket;
  }

  #stateTable(): AnyTable {
    const { isEphemeral, isEmulator, config } = this.#deployment;
    const { stateTable } = config.aws.existing;
    if (stateTable !== null) {
      const attributes = { tableName: stateTable, ...this.#keyOfExisting() };
      return Table.fromTableAttributes(this, 'State', attributes);
    }
    return new Table(this, 'State', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      ...(this.key === null
        ? { encryption: TableEncryption.DEFAULT }
        : { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: this.key }),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: !isEmulator },
      deletionProtection: !isEphemeral,
      removalPolicy: removalPolicy(this.#deployment),
    });
  }

  #orderStream(): IStream {
    const { streamMode, shards, retentionMs, existing } = this.#deployment.config.aws;
    if (existing.stream !== null) {
      const { stream } = existing;
      const resource = { service: 'kinesis', resource: 'stream', resourceName: stream };
      const arn = stream.startsWith('arn:') ? stream : this.formatArn(resource);
      const attributes = { streamArn: arn, ...this.#keyOfExisting() };
      return Stream.fromStreamAttributes(this, 'Orders', attributes);
    }
    const isProvisioned = streamMode === 'provisioned';
    const stream = new Stream(this, 'Orders', {
      streamMode: isProvisioned ? StreamMode.PROVISIONED : StreamMode.ON_DEMAND,
      ...(isProvisioned ? { shardCount: shards } : {}),
      retentionPeriod: Duration.hours(Math.round(retentionMs / 3_600_000)),
      ...this.#streamEncryption(),
      removalPolicy: removalPolicy(this.#deployment),
    });
    if (this.key !== null) {
      Validations.of(stream).acknowledge({
        id: 'AwsSolutions-KDS3',
        reason: 'Whoever names a key of their own wants it used, whatever it costs.',
      });
    }
    return stream;
  }

  #streamEncryption() {
    if (this.#deployment.isEmulator) return { encryption: StreamEncryption.UNENCRYPTED };
    if (this.key === null) return { encryption: StreamEncryption.MANAGED };
    return { encryption: StreamEncryption.KMS, encryptionKey: this.key };
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
