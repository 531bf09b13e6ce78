import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { Alarms, BatchDoor, Reconciliation, StreamDoor, type TandemConfig } from 'tandem/cdk';
import type { ShopStack } from './shop-stack.js';

/** Both doors get the same, or their tables would not be made by the same rules. */
const config: TandemConfig = {
  aws: { stackPrefix: 'ShopRevenue', batchWindow: '1s' },
  batch: { quietFor: '3s', minInterval: '0s' },
};

/** Revenue of the shop, from its exports and from its events. */
export class RevenueStack extends Stack {
  constructor(scope: Construct, id: string, { shop, ...props }: StackProps & { shop: ShopStack }) {
    super(scope, id, props);
    // An example goes as a whole; the default is that data stays.
    const options = { config, removalPolicy: RemovalPolicy.DESTROY };
    const batch = new BatchDoor(this, 'Batch', { ...options, landing: shop.exports });
    const { landing, lake, state } = batch;
    const stream = new StreamDoor(this, 'Stream', {
      ...options,
      ...{ stream: shop.events, landing, lake, state },
    });
    const reconciliation = new Reconciliation(this, 'Reconciliation', { batch, stream });
    const topic = new Topic(this, 'Trouble');
    new Alarms(this, 'Alarms', { batch, stream, reconciliation, topic });

    new CfnOutput(this, 'Exports', { value: landing.bucketName });
    new CfnOutput(this, 'Lake', { value: lake.bucketName });
    new CfnOutput(this, 'Failures', { value: stream.failures.bucketName });
    new CfnOutput(this, 'Events', { value: stream.stream.streamName });
    new CfnOutput(this, 'Drain', { value: stream.drain.functionName });
    new CfnOutput(this, 'Reconcile', { value: reconciliation.reconcile.functionName });
  }
}
