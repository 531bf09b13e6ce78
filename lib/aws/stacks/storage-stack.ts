import {
  Annotations,
  CfnOutput,
  CfnResource,
  CfnWaitConditionHandle,
  Stack,
  type StackProps,
  Validations,
} from 'aws-cdk-lib';
import type { IStream } from 'aws-cdk-lib/aws-kinesis';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { AnyBucket, AnyTable, TandemResources } from '../constructs/resources.ts';
import { StorageParts } from '../constructs/storage-parts.ts';
import type { Deployment } from '../deployment.ts';

/**
 * All resources that hold data; functions come and go independently. Those in `aws.existing` are
 * only referred to: they are never changed, and stay when the stack goes.
 */
export class StorageStack extends Stack implements TandemResources {
  readonly landing: AnyBucket;
  readonly lake: AnyBucket;
  readonly failures: AnyBucket;
  readonly state: AnyTable;
  readonly stream: IStream;
  readonly key: IKey | null;

  constructor(scope: Construct, id: string, props: StackProps & { deployment: Deployment }) {
    super(scope, id, props);
    const parts = new StorageParts(this, props.deployment);
    this.key = parts.key;
    this.landing = parts.landing();
    this.lake = parts.lake();
    this.failures = parts.failures();
    this.state = parts.state();
    this.stream = parts.stream();
    const isEmpty = !this.node.findAll().some((found) => CfnResource.isCfnResource(found));
    // A stack without resources is not deployed, and with it the names that others ask for.
    if (isEmpty) new CfnWaitConditionHandle(this, 'Nothing');
    const { existing } = props.deployment.config.aws;
    const brought = Object.values(existing).filter((name) => name !== null);
    if (brought.length > 0) {
      Annotations.of(this).addInfo(
        `${brought.join(', ')}: used unchanged (docs/deploying.md); for settings they lack, see ` +
          'npx tandem status --target aws',
      );
    }
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'CloudTrail data events record access to objects where that is wanted.',
    });
    this.#output('LandingBucket', this.landing.bucketName, 'upload CSV files here');
    this.#output('LakeBucket', this.lake.bucketName, 'tables, manifests and raw segments');
    this.#output('FailuresBucket', this.failures.bucketName, 'record batches that Lambda gave up');
    this.#output('StateTable', this.state.tableName, 'shard logs, epochs and the starter');
    this.#output('StreamName', this.stream.streamName, 'send order events here');
  }

  #output(key: string, value: string, description: string): void {
    new CfnOutput(this, key, { value, description });
  }
}
