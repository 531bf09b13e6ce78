import { Duration, Size } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { BatchWorkflow } from './batch-workflow.ts';
import { encryptedQueue } from './encrypted-queue.ts';
import { keepFailedCalls, lostCallsQueue } from './lost-calls.ts';
import { allow, allowItems, allowKey, allowObjects, type ObjectRights } from './permissions.ts';
import type { PipelineProps } from './pipeline-props.ts';
import { stateMachineArn } from './state-machine-arn.ts';
import { TandemFunction } from './tandem-function.ts';
import { workflowLogs } from './workflow-logs.ts';

const PLANS = 'state/batch/plans/*';
const WORK = 'work/*';
const TABLES = 'tables/batch/*';
const MANIFESTS = 'manifests/batch/*';

/** Segments, and the manifests that name them, of all consumers: for runs over the raw archive. */
const SEGMENTS = ['raw/stream/*', 'consumers/*/raw/stream/*'];
const STREAM_MANIFESTS = ['manifests/stream/*', 'consumers/*/manifests/stream/*'];

/** What of the lake each step touches. */
const LAKE_RIGHTS = {
  planRun: {
    read: [PLANS, MANIFESTS, WORK, ...STREAM_MANIFESTS, ...SEGMENTS],
    write: [PLANS, WORK],
  },
  mapChunk: { read: [PLANS, ...SEGMENTS], write: [WORK] },
  checkChunks: { read: [PLANS, WORK], write: [WORK] },
  // A step that is repeated compares the files that it finds with its own.
  reduceBucket: { read: [PLANS, WORK, TABLES], write: [WORK, TABLES] },
  mergeAggregates: { read: [PLANS, WORK, TABLES], write: [WORK, TABLES] },
  publishRun: {
    read: [PLANS, WORK, TABLES, MANIFESTS],
    write: [TABLES, MANIFESTS],
    remove: [PLANS, WORK, TABLES, MANIFESTS],
  },
  endRun: {
    read: [MANIFESTS],
    write: ['state/batch/failures/*'],
    remove: [PLANS, WORK, TABLES, MANIFESTS],
  },
} as const satisfies Readonly<Record<string, ObjectRights>>;

const LANDING_FOLDERS = ['orders/', 'customers/', 'products/'];

const LANDING_RIGHTS = { read: LANDING_FOLDERS.map((folder) => `${folder}*`) };

type StepName = keyof typeof LAKE_RIGHTS;

/** Steps that read orders or dimensions. */
const READS_LANDING: readonly StepName[] = ['planRun', 'mapChunk', 'reduceBucket', 'publishRun'];

const DESCRIPTIONS: Readonly<Record<StepName, string>> = {
  planRun: 'Plans the inputs and chunks of a batch run',
  mapChunk: 'Maps the chunks of a task into the exchange',
  checkChunks: 'Checks the results of a map and lists chunks to run again',
  reduceBucket: 'Writes the rows of one bucket of order ids',
  mergeAggregates: 'Writes the revenue tables of one range of products',
  publishRun: 'Makes a batch run current',
  endRun: 'Records a failed run and cleans up',
};

/** Notifications that the starter reads at once, and how long they are gathered. */
const STARTER_BATCH = { batchSize: 100, maxBatchingWindow: Duration.seconds(2) };

/** A lost call of the starter is made up for after this long. */
const STARTER_EVERY = Duration.minutes(5);

type BatchProps = PipelineProps<'landing' | 'lake' | 'state'>;

/** From an upload to the tables: notifications, starter, state machine and its steps. */
export class BatchPipeline extends Construct {
  readonly stateMachine: StateMachine;
  readonly steps: Readonly<Record<StepName, TandemFunction>>;
  readonly starter: TandemFunction;
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly lostCalls: Queue;
  readonly #props: BatchProps;

  constructor(scope: Construct, id: string, props: BatchProps) {
    super(scope, id);
    this.#props = props;
    this.steps = Object.fromEntries(
      (Object.keys(LAKE_RIGHTS) as StepName[]).map((name) => [name, this.#step(name)]),
    ) as Record<StepName, TandemFunction>;
    this.deadLetters = this.#queue('DeadLetters');
    this.queue = this.#queue('Notifications', this.deadLetters);
    this.lostCalls = lostCallsQueue(this, props.storage.key);
    this.starter = this.#starter();
    keepFailedCalls(this.starter, this.lostCalls, props.storage.key);
    this.stateMachine = this.#workflow();
    const { function: starter } = this.starter;
    starter.addEnvironment('STATE_MACHINE_ARN', this.#stateMachineArn());
    this.starter.role.addToPolicy(
      new PolicyStatement({
        actions: ['states:StartExecution'],
        resources: [this.#stateMachineArn()],
      }),
    );
    this.#rules();
  }

  #step(name: StepName): TandemFunction {
    const { deployment, storage, codeOf } = this.#props;
    const { landing, lake } = storage;
    const made = new TandemFunction(this, name, {
      deployment,
      description: DESCRIPTIONS[name],
      code: codeOf(name),
      key: storage.key,
      memory: Size.mebibytes(Math.round(deployment.config.aws.batchMemoryBytes / 1024 ** 2)),
      variables: { LANDING_BUCKET: landing.bucketName, LAKE_BUCKET: lake.bucketName },
    });
    allowObjects(made.role, lake, LAKE_RIGHTS[name]);
    if (READS_LANDING.includes(name)) allowObjects(made.role, landing, LANDING_RIGHTS);
    // The action knows no resources: it says what the account has.
    if (name === 'planRun') allow(made.role, ['lambda:GetAccountSettings'], ['*']);
    return made;
  }

  #starter(): TandemFunction {
    const { deployment, storage, codeOf } = this.#props;
    const starter = new TandemFunction(this, 'startRun', {
      deployment,
      description: 'Starts batch runs after uploads, one at a time',
      code: codeOf('startRun'),
      key: storage.key,
      memory: Size.mebibytes(512),
      timeout: Duration.seconds(60),
      variables: {
        STATE_TABLE: storage.state.tableName,
        STARTER_QUEUE_URL: this.queue.queueUrl,
      },
    });
    allowItems(starter.role, storage.state, ['batch#STARTER']);
    this.queue.grantSendMessages(starter.role);
    if (storage.key !== null) {
      allowKey(starter.role, storage.key, 'sqs', ['Decrypt', 'GenerateDataKey']);
    }
    starter.function.addEventSource(
      new SqsEventSource(this.queue, { ...STARTER_BATCH, maxConcurrency: 2 }),
    );
    return starter;
  }

  #queue(id: string, deadLetters?: Queue): Queue {
    return encryptedQueue(this, id, this.#props.storage.key, {
      visibilityTimeout: Duration.minutes(6),
      ...(deadLetters === undefined
        ? {}
        : { deadLetterQueue: { queue: deadLetters, maxReceiveCount: 20 } }),
    });
  }

  #workflow(): StateMachine {
    const { config, isEmulator } = this.#props.deployment;
    const functions = Object.fromEntries(
      Object.entries(this.steps).map(([name, step]) => [name, step.function]),
    ) as Record<StepName, TandemFunction['function']>;
    const workflow = new BatchWorkflow(this, 'Workflow', {
      ...functions,
      startRun: this.starter.function,
      name: this.#stateMachineName(),
      isTraced: !isEmulator,
      timeout: Duration.millis(config.batch.maxRunMs),
      ...(isEmulator ? {} : { logs: workflowLogs(this, this.#stateMachineName(), this.#props) }),
    });
    return workflow.stateMachine;
  }

  #rules(): void {
    const { landing } = this.#props.storage;
    const deadLetterQueue = this.lostCalls;
    const toQueue = new SqsQueue(this.queue, { deadLetterQueue });
    new Rule(this, 'Uploads', {
      description: 'Uploaded and deleted files of orders and dimensions',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created', 'Object Deleted'],
        detail: {
          bucket: { name: [landing.bucketName] },
          object: { key: LANDING_FOLDERS.map((prefix) => ({ prefix })) },
        },
      },
      targets: [toQueue],
    });
    new Rule(this, 'StoppedRuns', {
      description: 'Runs that ended before their last step',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: [this.#stateMachineArn()],
          status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
        },
      },
      targets: [toQueue],
    });
    new Rule(this, 'StarterTicks', {
      description: 'Repeats lost calls of the starter',
      schedule: Schedule.rate(STARTER_EVERY),
      targets: [this.starter.asTarget('tick', { deadLetterQueue, retryAttempts: 0 })],
    });
  }

  #stateMachineArn(): string {
    return stateMachineArn(this, this.#stateMachineName());
  }

  #stateMachineName(): string {
    return `${this.#props.deployment.config.aws.stackPrefix}-batch`;
  }
}
