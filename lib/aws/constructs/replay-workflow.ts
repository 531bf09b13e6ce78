import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  Choice,
  Condition,
  DefinitionBody,
  type LogOptions,
  StateMachine,
  StateMachineType,
  Succeed,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { stepTask } from './step-task.ts';

export interface ReplayWorkflowProps {
  readonly replay: IFunction;
  readonly name: string;
  readonly isTraced: boolean;
  readonly logs?: LogOptions;
}

/**
 * An execution holds 25,000 events, and a step of 12 minutes takes seven: a month. A longer replay
 * is started again, and continues.
 */
const LONGEST = Duration.days(28);

/** Repeats a step until it says that all is done; each gets the answer of the previous one. */
export class ReplayWorkflow extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: ReplayWorkflowProps) {
    super(scope, id);
    const { replay, name, isTraced, logs } = props;
    const step = stepTask(this, 'Step', replay);
    step.next(
      new Choice(this, 'IsThereMore')
        .when(Condition.stringEquals('$.status', 'more'), step)
        .otherwise(new Succeed(this, 'Replayed')),
    );
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName: name,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromChainable(step),
      timeout: LONGEST,
      tracingEnabled: isTraced,
      ...(logs === undefined ? {} : { logs }),
    });
  }
}
