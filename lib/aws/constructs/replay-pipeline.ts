import { Size } from 'aws-cdk-lib';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { DEFAULT_CONSUMER } from '../../../lambdas/shared/state/lake-keys.ts';
import { allowItems, allowObjects, allowReading, type ObjectRights } from './permissions.ts';
import type { PipelineProps } from './pipeline-props.ts';
import { ReplayWorkflow } from './replay-workflow.ts';
import { TandemFunction } from './tandem-function.ts';
import { workflowLogs } from './workflow-logs.ts';

const CONSUMERS = 'consumers/*';

/** The archive of the default consumer is read, and nothing of it changed. */
const LAKE_RIGHTS: ObjectRights = {
  read: ['raw/stream/*', 'manifests/stream/*', CONSUMERS],
  write: [CONSUMERS],
  remove: [CONSUMERS],
};

/** Functions that fill and drain, on demand, consumers other than the default one. */
export class ReplayPipeline extends Construct {
  readonly replay: TandemFunction;
  readonly stateMachine: StateMachine;
  readonly #props: PipelineProps;

  constructor(scope: Construct, id: string, props: PipelineProps) {
    super(scope, id);
    this.#props = props;
    this.replay = this.#function();
    const { isEmulator } = props.deployment;
    this.stateMachine = new ReplayWorkflow(this, 'Workflow', {
      replay: this.replay.function,
      name: this.#name(),
      isTraced: !isEmulator,
      ...(isEmulator ? {} : { logs: workflowLogs(this, this.#name(), this.#props) }),
    }).stateMachine;
  }

  #function(): TandemFunction {
    const { deployment, storage, codeOf } = this.#props;
    const { landing, lake, state, stream } = storage;
    const { config } = deployment;
    const made = new TandemFunction(this, 'replay', {
      deployment,
      description: 'Fills and drains replayed consumers',
      code: codeOf('replay'),
      key: storage.key,
      memory: Size.mebibytes(Math.round(config.aws.streamMemoryBytes / 1024 ** 2)),
      variables: {
        LANDING_BUCKET: landing.bucketName,
        LAKE_BUCKET: lake.bucketName,
        STATE_TABLE: state.tableName,
        STREAM_NAME: stream.streamName,
      },
    });
    allowObjects(made.role, lake, LAKE_RIGHTS);
    allowObjects(made.role, landing, { read: ['customers/*', 'products/*'] });
    // Names are free, but for that of the default consumer.
    allowItems(made.role, state, [`*/${config.stream.name}#*`], [`${DEFAULT_CONSUMER}/*`]);
    allowReading(made.role, stream);
    return made;
  }

  #name(): string {
    return `${this.#props.deployment.config.aws.stackPrefix}-replay`;
  }
}
