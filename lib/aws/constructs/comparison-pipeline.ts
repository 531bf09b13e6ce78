import { Duration, Size } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { ComparisonWorkflow } from './comparison-workflow.ts';
import { keepFailedCalls, lostCallsQueue } from './lost-calls.ts';
import { allow, allowObjects, type ObjectRights } from './permissions.ts';
import type { PipelineProps } from './pipeline-props.ts';
import { stateMachineArn } from './state-machine-arn.ts';
import { TandemFunction } from './tandem-function.ts';
import { workflowLogs } from './workflow-logs.ts';

const REMEMBERED = 'state/reconcile/*';
const SPILLED = 'work/reconcile-*';

const LAKE_RIGHTS: ObjectRights = {
  read: ['manifests/batch/*', 'manifests/stream/*', 'tables/batch/*', 'tables/stream/*'],
  write: ['reports/reconcile/*', REMEMBERED, SPILLED],
  remove: [SPILLED],
};

export interface ComparisonPipelineProps extends PipelineProps<'lake'> {
  /** Each run of it that succeeds is compared. */
  readonly stateMachine: IStateMachine;
}

/** Compares both doors after each batch run, and on a schedule. */
export class ComparisonPipeline extends Construct {
  readonly reconcile: TandemFunction;
  readonly lostCalls: Queue;

  constructor(scope: Construct, id: string, props: ComparisonPipelineProps) {
    super(scope, id);
    const { deployment, storage, codeOf, stateMachine } = props;
    const { aws } = deployment.config;
    const name = `${aws.stackPrefix}-compare`;
    const arn = stateMachineArn(this, name);
    this.reconcile = new TandemFunction(this, 'reconcile', {
      deployment,
      description: 'Compares the tables of batch and stream',
      code: codeOf('reconcile'),
      key: storage.key,
      memory: Size.mebibytes(Math.round(aws.reconcileMemoryBytes / 1024 ** 2)),
      variables: {
        LAKE_BUCKET: storage.lake.bucketName,
        STATE_MACHINE_ARN: arn,
      },
    });
    allow(this.reconcile.role, ['states:StartExecution'], [arn]);
    this.#workflow(props, name);
    allowObjects(this.reconcile.role, storage.lake, LAKE_RIGHTS);
    this.lostCalls = lostCallsQueue(this, storage.key);
    keepFailedCalls(this.reconcile, this.lostCalls, storage.key);
    const target = this.reconcile.asTarget('reconcile', { deadLetterQueue: this.lostCalls });
    new Rule(this, 'AfterRuns', {
      description: 'Compares each published batch run',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [stateMachine.stateMachineArn], status: ['SUCCEEDED'] },
      },
      targets: [target],
    });
    new Rule(this, 'Comparisons', {
      description: 'Compares new epochs of the stream',
      schedule: Schedule.rate(Duration.minutes(Math.ceil(aws.reconcileEveryMs / 60_000))),
      targets: [target],
    });
  }

  /** For comparisons too large for one function. */
  #workflow(props: ComparisonPipelineProps, name: string): void {
    const { isEmulator } = props.deployment;
    new ComparisonWorkflow(this, 'Workflow', {
      reconcile: this.reconcile.function,
      name,
      isTraced: !isEmulator,
      ...(isEmulator ? {} : { logs: workflowLogs(this, name, props) }),
    });
  }
}
