import { Duration, Stack, Validations } from 'aws-cdk-lib';
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
import { type Deployment, removalPolicy } from '../deployment.ts';
import { failuresRules, lakeRules, landingRules } from './lifecycle-rules.ts';
import type { AnyBucket, AnyTable } from './resources.ts';

interface BucketProps {
  /**
   * Name from the config: an existing resource is used as it is, and the other options do not
   * apply.
   */
  readonly name: string | null;
  readonly lifecycleRules: LifecycleRule[];
  readonly versioned: boolean;
  readonly tellsEventBridge: boolean;
}

/**
 * Makes the resources that hold data, each in its scope when asked for. Those in `aws.existing` are
 * only referred to: they are never changed, and stay when the stack goes.
 */
export class StorageParts {
  readonly key: IKey | null;
  readonly #scope: Construct;
  readonly #deployment: Deployment;

  /** `key` encrypts all; undefined: the one that the config names, or none. */
  constructor(scope: Construct, deployment: Deployment, key?: IKey) {
    this.#scope = scope;
    this.#deployment = deployment;
    this.key = key ?? this.#existingKey();
  }

  landing(): AnyBucket {
    const { aws } = this.#deployment.config;
    return this.#bucket('Landing', {
      name: aws.existing.landingBucket,
      lifecycleRules: landingRules(aws),
      versioned: true,
      tellsEventBridge: true,
    });
  }

  lake(): AnyBucket {
    const { config, isEmulator } = this.#deployment;
    return this.#bucket('Lake', {
      name: config.aws.existing.lakeBucket,
      lifecycleRules: lakeRules(config.aws),
      versioned: true,
      // What is published there, the catalogue has to know; emulators have none.
      tellsEventBridge: !isEmulator,
    });
  }

  failures(): AnyBucket {
    return this.#bucket('Failures', {
      name: this.#deployment.config.aws.existing.failuresBucket,
      lifecycleRules: failuresRules(),
      versioned: false,
      tellsEventBridge: false,
    });
  }

  #existingKey(): IKey | null {
    const { kmsKey } = this.#deployment.config.aws.existing;
    if (kmsKey === null) return null;
    const resource = { service: 'kms', resource: 'key', resourceName: kmsKey };
    return Key.fromKeyArn(
      this.#scope,
      'Key',
      kmsKey.startsWith('arn:') ? kmsKey : Stack.of(this.#scope).formatArn(resource),
    );
  }

  /** Existing resources may be encrypted with this key; rights to it do no harm if they are not. */
  #keyOfExisting(): { encryptionKey?: IKey } {
    return this.key === null ? {} : { encryptionKey: this.key };
  }

  #bucket(id: string, props: BucketProps): AnyBucket {
    const { name, lifecycleRules, versioned, tellsEventBridge } = props;
    if (name !== null) {
      const attributes = { bucketName: name, ...this.#keyOfExisting() };
      return Bucket.fromBucketAttributes(this.#scope, id, attributes);
    }
    const bucket = new Bucket(this.#scope, id, {
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

  state(): AnyTable {
    const { isEphemeral, isEmulator, config } = this.#deployment;
    const { stateTable } = config.aws.existing;
    if (stateTable !== null) {
      const attributes = { tableName: stateTable, ...this.#keyOfExisting() };
      return Table.fromTableAttributes(this.#scope, 'State', attributes);
    }
    return new Table(this.#scope, 'State', {
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

  stream(): IStream {
    const { streamMode, shards, retentionMs, existing } = this.#deployment.config.aws;
    if (existing.stream !== null) {
      const { stream } = existing;
      const resource = { service: 'kinesis', resource: 'stream', resourceName: stream };
      const arn = stream.startsWith('arn:') ? stream : Stack.of(this.#scope).formatArn(resource);
      const attributes = { streamArn: arn, ...this.#keyOfExisting() };
      return Stream.fromStreamAttributes(this.#scope, 'Orders', attributes);
    }
    const isProvisioned = streamMode === 'provisioned';
    const stream = new Stream(this.#scope, 'Orders', {
      streamMode: isProvisioned ? StreamMode.PROVISIONED : StreamMode.ON_DEMAND,
      ...(isProvisioned ? { shardCount: shards } : {}),
      retentionPeriod: Duration.hours(Math.round(retentionMs / 3_600_000)),
      ...this.#streamEncryption(),
      removalPolicy: removalPolicy(this.#deployment),
    });
    if (this.key !== null) {
      Validations.of(stream).acknowledge({
        id: 'AwsSolutions-KDS3',
        reason: 'A key set in the config is used for every object, at its cost.',
      });
    }
    return stream;
  }

  #streamEncryption() {
    if (this.#deployment.isEmulator) return { encryption: StreamEncryption.UNENCRYPTED };
    if (this.key === null) return { encryption: StreamEncryption.MANAGED };
    return { encryption: StreamEncryption.KMS, encryptionKey: this.key };
  }
}

/** Set on the L1 property: the L2 one needs a custom resource, which not every emulator has. */
function tellEventBridge(bucket: Bucket): void {
  const resource = bucket.node.defaultChild as CfnBucket;
  resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
}
