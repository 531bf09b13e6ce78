import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { Stream, StreamMode } from 'aws-cdk-lib/aws-kinesis';
import { Bucket, type CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/** What a team has already: a bucket for exports and a stream of events. Nothing is of Tandem. */
export class ShopStack extends Stack {
  /** Exports of the night, below `orders/`; other things, too. */
  readonly exports: Bucket;
  /** An event for each order. */
  readonly events: Stream;

  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    this.exports = new Bucket(this, 'Exports', { removalPolicy: RemovalPolicy.DESTROY });
    // As `eventBridgeEnabled: true` does, by a custom resource that not every emulator has. Without
    // it nobody hears of uploads.
    const resource = this.exports.node.defaultChild as CfnBucket;
    resource.notificationConfiguration = {
      eventBridgeConfiguration: { eventBridgeEnabled: true },
    };
    this.events = new Stream(this, 'Events', {
      streamMode: StreamMode.PROVISIONED,
      shardCount: 1,
      retentionPeriod: Duration.hours(48),
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
