import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  DefinitionBody,
  JsonPath,
  type LogOptions,
  Map as MapState,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { MOST_WORKERS } from '../../../lambdas/reconcile/share/workers.ts';
import { stepTask } from './step-task.ts';

export interface ComparisonWorkflowProps {
  readonly reconcile: IFunction;
  readonly name: string;
  readonly isTraced: boolean;
  readonly logs?: LogOptions;
}

/** Three stages of a quarter of an hour at most, each of which may be repeated. */
const TIMEOUT = Duration.hours(3);

/** The state machine of a comparison too large for one function: deal, match, join. */
export class ComparisonWorkflow extends Construct {
  readonly stateMachine: StateMachine;
  readonly #props: ComparisonWorkflowProps;

  constructor(scope: Construct, id: string, props: ComparisonWorkflowProps) {
    super(scope, id);
    this.#props = props;
    const whole = this.#shares('Deal', 'deal')
      .next(this.#shares('Match', 'match'))
      .next(this.#task('Join', 'join'));
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName: props.name,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromChainable(whole),
      timeout: TIMEOUT,
      tracingEnabled: props.isTraced,
      ...(props.logs === undefined ? {} : { logs: props.logs }),
    });
  }

  #shares(id: string, stage: string): MapState {
    const map = new MapState(this, id, {
      itemsPath: '$.workers',
      itemSelector: {
        plan: JsonPath.objectAt('$.plan'),
        attempt: JsonPath.objectAt('$.attempt'),
        worker: JsonPath.numberAt('$$.Map.Item.Value'),
      },
      maxConcurrency: MOST_WORKERS,
      resultPath: JsonPath.DISCARD,
    });
    map.itemProcessor(this.#task(`${id}Share`, stage, JsonPath.numberAt('$.worker')));
    return map;
  }

  #task(id: string, stage: string, worker?: number): LambdaInvoke {
    return stepTask(this, id, this.#props.reconcile, {
      payload: {
        stage,
        plan: JsonPath.objectAt('$.plan'),
        attempt: JsonPath.objectAt('$.attempt'),
        ...(worker === undefined ? {} : { worker }),
      },
    });
  }
}
