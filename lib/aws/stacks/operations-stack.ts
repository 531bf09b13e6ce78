import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
} from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { alarmList } from '../constructs/alarms/alarm-list.ts';
import { ownMetric, type Watched } from '../constructs/alarms/alarm-spec.ts';
import { makeAlarm } from '../constructs/alarms/make-alarm.ts';

/** Dashboard and alarms. Nothing depends on it. */
export class OperationsStack extends Stack {
  readonly alarms: readonly Alarm[];
  readonly topic: Topic;

  constructor(scope: Construct, id: string, props: StackProps & Watched) {
    super(scope, id, props);
    const { aws } = props.deployment.config;
    const masterKey = props.storage.key ?? this.#alarmKey();
    this.topic = new Topic(this, 'Alarms', { enforceSSL: true, masterKey });
    if (aws.alarmEmail !== null) {
      this.topic.addSubscription(new EmailSubscription(aws.alarmEmail));
    }
    const { topic } = this;
    const prefix = aws.stackPrefix;
    this.alarms = alarmList(props).map((spec) => makeAlarm(this, spec, { prefix, topic }));
    this.#dashboard(props);
    new CfnOutput(this, 'AlarmTopic', {
      value: this.topic.topicArn,
      description: 'subscribe to receive alarms',
    });
  }

  /**
   * A key of its own, because CloudWatch cannot be allowed to use aws/sns, and so to publish to the
   * topic.
   */
  #alarmKey(): IKey {
    const key = new Key(this, 'AlarmKey', {
      description: 'Encrypts alarm messages',
      enableKeyRotation: true,
      pendingWindow: Duration.days(7),
      // Messages are not kept.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    key.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    );
    return key;
  }

  #dashboard({ deployment, storage, pipelines }: Watched): void {
    const own = (name: Parameters<typeof ownMetric>[1]) => ownMetric(deployment, name);
    const { stateMachine, steps } = pipelines.batch;
    const { consumer } = pipelines.stream;
    const graph = (title: string, left: IMetric[]) => new GraphWidget({ title, left, width: 8 });
    const dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: deployment.config.aws.stackPrefix,
    });
    dashboard.addWidgets(
      new AlarmStatusWidget({ title: 'Alarms', alarms: [...this.alarms], width: 24 }),
    );
    dashboard.addWidgets(
      graph('Batch runs', [stateMachine.metricSucceeded(), stateMachine.metricFailed()]),
      graph('Duration of a run, ms', [stateMachine.metricTime()]),
      graph('Parallel functions', [
        steps.mapChunk.function.metric('ConcurrentExecutions', { statistic: 'Maximum' }),
        steps.reduceBucket.function.metric('ConcurrentExecutions', { statistic: 'Maximum' }),
      ]),
    );
    dashboard.addWidgets(
      graph('Records', [own('RecordsRead'), own('RecordsQuarantined')]),
      graph('Records in', [storage.stream.metricIncomingRecords()]),
      graph('Age of consumed records, ms', [
        consumer.function.metric('IteratorAge', { statistic: 'Maximum' }),
      ]),
    );
    dashboard.addWidgets(
      graph('Watermark behind the newest event, s', [
        ownMetric(deployment, 'WatermarkLag', 'Maximum'),
      ]),
      graph('Epochs', [own('EpochsPublished'), own('Publications')]),
      graph('Oldest upload without a run, s', [ownMetric(deployment, 'UploadWait', 'Maximum')]),
      graph('Oldest unread record, s', [ownMetric(deployment, 'UnreadAge', 'Maximum')]),
      graph('Write units of the state', [storage.state.metricConsumedWriteCapacityUnits()]),
    );
  }
}
