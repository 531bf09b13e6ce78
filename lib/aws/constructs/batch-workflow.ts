import type { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  Choice,
  Condition,
  DefinitionBody,
  DistributedMap,
  Fail,
  type IChainable,
  JsonPath,
  type LogOptions,
  Pass,
  StateMachine,
  StateMachineType,
  Succeed,
  type TaskStateBase,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { stepTask } from './step-task.ts';

export interface BatchWorkflowProps {
  readonly planRun: IFunction;
  readonly mapChunk: IFunction;
  readonly checkChunks: IFunction;
  readonly reduceBucket: IFunction;
  readonly mergeAggregates: IFunction;
  readonly publishRun: IFunction;
  readonly endRun: IFunction;
  readonly startRun: IFunction;
  readonly name: string;
  readonly isTraced: boolean;
  /** A run that takes longer is stopped. */
  readonly timeout: Duration;
  readonly logs?: LogOptions;
}

const RUN_ID = JsonPath.stringAt('$.runId');

/**
 * A batch run (architecture §3): plan, map over tasks of chunks, check and repair until all chains
 * hold, reduce over buckets, merge over ranges, publish. Steps of a map catch their own errors and
 * end with a status; the state after each map reads what they stored and decides. A run that fails
 * is recorded and cleaned up, and then the execution fails.
 */
export class BatchWorkflow extends Construct {
  readonly stateMachine: StateMachine;
  readonly #props: BatchWorkflowProps;

  constructor(scope: Construct, id: string, props: BatchWorkflowProps) {
    super(scope, id);
    this.#props = props;
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName: props.name,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromChainable(this.#definition()),
      timeout: props.timeout,
      tracingEnabled: props.isTraced,
      ...(props.logs === undefined ? {} : { logs: props.logs }),
    });
  }

  #definition(): IChainable {
    const end = this.#endOfRun();
    const failed = new Pass(this, 'Failed', {
      parameters: { outcome: 'failed', error: JsonPath.objectAt('$.error') },
      resultPath: '$.end',
    });
    failed.next(end);
    const orFail = <State extends TaskStateBase | DistributedMap>(state: State): State => {
      state.addCatch(failed, { errors: ['States.ALL'], resultPath: '$.error' });
      return state;
    };
    const published = this.#outcome('Published', 'published').next(end);
    const empty = this.#outcome('Empty', 'empty').next(end);
    const { planRun, checkChunks, publishRun } = this.#props;

    const plan = orFail(
      // All of what the run was started with: its id and time, and what it reads.
      this.#task('PlanRun', planRun, '$.plan'),
    );
    const firstRound = new Pass(this, 'FirstRound', {
      parameters: { round: 0 },
      resultPath: '$.check',
    });
    const check = orFail(
      this.#task('CheckChunks', checkChunks, '$.check', {
        stage: 'map',
        runId: RUN_ID,
        round: JsonPath.numberAt('$.check.round'),
      }),
    );
    const checkBuckets = orFail(
      this.#task('CheckBuckets', checkChunks, '$.checkBuckets', { stage: 'reduce', runId: RUN_ID }),
    );
    const publish = orFail(
      this.#task('PublishRun', publishRun, '$.published', { runId: RUN_ID }),
    ).next(published);

    const mapTasks = orFail(this.#mapOfTasks());
    const repairChunks = orFail(this.#mapOfRepairs());
    const reduceBuckets = orFail(this.#mapOfBuckets());
    const mergeRanges = orFail(this.#mapOfRanges());
    repairChunks.next(check);
    const whole = reduceBuckets.next(checkBuckets).next(mergeRanges).next(publish);
    const checked = new Choice(this, 'AreChainsWhole')
      .when(Condition.stringEquals('$.check.status', 'repair'), repairChunks)
      .otherwise(whole);
    const planned = new Choice(this, 'IsThereInput')
      .when(Condition.stringEquals('$.plan.status', 'empty'), empty)
      .when(Condition.stringEquals('$.plan.status', 'more'), plan)
      .otherwise(mapTasks.next(firstRound).next(check).next(checked));
    return plan.next(planned);
  }

  #mapOfTasks(): DistributedMap {
    return this.#map('MapChunks', '$.plan.tasks', this.#props.mapChunk, {
      taskIndex: JsonPath.numberAt('$$.Map.Item.Value'),
    });
  }

  #mapOfRepairs(): DistributedMap {
    return this.#map('RepairChunks', '$.check.repairs', this.#props.mapChunk, {
      taskIndex: JsonPath.numberAt('$$.Map.Item.Value.taskIndex'),
      knownStart: JsonPath.numberAt('$$.Map.Item.Value.knownStart'),
    });
  }

  #mapOfBuckets(): DistributedMap {
    return this.#map('ReduceBuckets', '$.plan.buckets', this.#props.reduceBucket, {
      bucketIndex: JsonPath.numberAt('$$.Map.Item.Value'),
    });
  }

  #mapOfRanges(): DistributedMap {
    return this.#map('MergeRanges', '$.plan.ranges', this.#props.mergeAggregates, {
      rangeIndex: JsonPath.numberAt('$$.Map.Item.Value'),
    });
  }

  /** `item` names the index of a step first. */
  #map(
    id: string,
    itemsPath: string,
    step: IFunction,
    item: Readonly<Record<string, unknown>>,
  ): DistributedMap {
    const [indexName] = Object.keys(item);
    const map = new DistributedMap(this, id, {
      itemsPath,
      itemSelector: { runId: RUN_ID, ...item },
      maxConcurrencyPath: JsonPath.stringAt('$.plan.maxConcurrency'),
      resultPath: JsonPath.DISCARD,
    });
    const task = this.#task(`${id}Step`, step);
    task.addCatch(
      new Pass(this, `${id}StepFailed`, {
        parameters: { index: JsonPath.numberAt(`$.${indexName}`), status: 'failed' },
      }),
      { errors: ['States.ALL'], resultPath: '$.error' },
    );
    map.itemProcessor(task);
    return map;
  }

  #task(
    id: string,
    step: IFunction,
    resultPath?: string,
    payload?: Readonly<Record<string, unknown>>,
  ): LambdaInvoke {
    return stepTask(this, id, step, {
      ...(payload === undefined ? {} : { payload }),
      ...(resultPath === undefined ? {} : { resultPath }),
    });
  }

  #outcome(id: string, outcome: string): Pass {
    return new Pass(this, id, { parameters: { outcome, error: {} }, resultPath: '$.end' });
  }

  /** Cleans up, lets the starter go on, and ends as the run did. */
  #endOfRun(): IChainable {
    const { endRun, startRun } = this.#props;
    const end = this.#task('EndRun', endRun, '$.ended', {
      runId: RUN_ID,
      outcome: JsonPath.stringAt('$.end.outcome'),
      error: JsonPath.objectAt('$.end.error'),
    });
    const notify = this.#task('TellStarter', startRun, '$.told', {
      tandem: 'ended',
      runId: RUN_ID,
    });
    const result = new Choice(this, 'HasFailed')
      .when(
        Condition.stringEquals('$.end.outcome', 'failed'),
        new Fail(this, 'RunFailed', {
          error: 'RunFailed',
          cause: 'state/batch/failures/<runId>.json in the lake says why',
        }),
      )
      .otherwise(new Succeed(this, 'RunEnded'));
    notify.addCatch(result, { errors: ['States.ALL'], resultPath: '$.untold' });
    end.addCatch(notify, { errors: ['States.ALL'], resultPath: '$.notEnded' });
    return end.next(notify).next(result);
  }
}
