import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { configHash } from '../../../lambdas/shared/model/config-hash.ts';
import { BatchPipeline } from '../constructs/batch-pipeline.ts';
import { ComparisonPipeline } from '../constructs/comparison-pipeline.ts';
import type { PipelineProps } from '../constructs/pipeline-props.ts';
import { ReplayPipeline } from '../constructs/replay-pipeline.ts';
import { StreamPipeline } from '../constructs/stream-pipeline.ts';

/** Both doors, and their reconciliation. Nothing in this stack holds data. */
export class PipelinesStack extends Stack {
  readonly batch: BatchPipeline;
  readonly stream: StreamPipeline;
  readonly replay: ReplayPipeline;
  readonly reconciliation: ComparisonPipeline;

  constructor(scope: Construct, id: string, props: StackProps & PipelineProps) {
    super(scope, id, props);
    this.batch = new BatchPipeline(this, 'Batch', props);
    this.stream = new StreamPipeline(this, 'Stream', props);
    this.replay = new ReplayPipeline(this, 'Replay', props);
    const { stateMachine } = this.batch;
    this.reconciliation = new ComparisonPipeline(this, 'Reconcile', { ...props, stateMachine });
    const { reconcile } = this.reconciliation;
    this.#output('StateMachine', stateMachine.stateMachineArn, 'runs of the batch door');
    this.#output('StartFunction', this.batch.starter.function.functionName, 'starts batch runs');
    this.#output(
      'PublishFunction',
      this.stream.publisher.function.functionName,
      'publishes epochs',
    );
    this.#output('DrainFunction', this.stream.drain.function.functionName, 'finalises windows');
    this.#output('RedriveFunction', this.stream.redrive.function.functionName, 'brings back');
    const { replay, stateMachine: replays } = this.replay;
    this.#output('ReplayFunction', replay.function.functionName, 'serves other consumers');
    this.#output('ReplayMachine', replays.stateMachineArn, 'fills other consumers');
    this.#output(
      'NotificationQueue',
      this.batch.queue.queueUrl,
      'upload notifications for the starter',
    );
    this.#output('LostNotifications', this.batch.deadLetters.queueUrl, 'notifications that failed');
    const lostCalls = {
      LostBatchCalls: this.batch.lostCalls,
      LostStreamCalls: this.stream.lostCalls,
      LostComparisonCalls: this.reconciliation.lostCalls,
    };
    for (const [key, { queueUrl }] of Object.entries(lostCalls)) {
      this.#output(key, queueUrl, 'failed calls of functions');
    }
    this.#output('ReconcileFunction', reconcile.function.functionName, 'compares batch and stream');
    const { config, codeVersion } = props.deployment;
    this.#output('ConfigHash', configHash(config), 'hash of the rules of the tables');
    if (codeVersion !== undefined)
      this.#output('CodeVersion', codeVersion, 'version of the functions');
    this.#output('ConsumerMapping', this.stream.mapping.eventSourceMappingId, 'feeds the consumer');
  }

  #output(key: string, value: string, description: string): void {
    new CfnOutput(this, key, { value, description });
  }
}
