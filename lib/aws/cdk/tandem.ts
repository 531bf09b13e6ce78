import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import { BatchDoor, type BatchDoorProps } from './batch-door.ts';
import { Reconciliation } from './reconciliation.ts';
import { StreamDoor, type StreamDoorProps } from './stream-door.ts';

export interface TandemProps extends BatchDoorProps, StreamDoorProps {
  /**
   * Compare both doors after each batch run, and every `aws.reconcileEvery` of the config.
   *
   * @default true
   */
  readonly reconcile?: boolean;
  /**
   * Is told by alarms. They need the comparison.
   *
   * @default no alarms are made
   */
  readonly alarms?: ITopic;
}

/** Both doors over one lake, and their reconciliation: all of Tandem except Athena's tables. */
export class Tandem extends Construct {
  readonly batch: BatchDoor;
  readonly stream: StreamDoor;
  /** Undefined without `reconcile`. */
  readonly reconciliation: Reconciliation | undefined;
  /** Undefined without `alarms`. */
  readonly alarms: Alarms | undefined;

  constructor(scope: Construct, id: string, props: TandemProps = {}) {
    super(scope, id);
    const { reconcile = true, alarms: topic } = props;
    this.batch = new BatchDoor(this, 'Batch', props);
    const { landing, lake, state } = this.batch;
    this.stream = new StreamDoor(this, 'Stream', { ...props, landing, lake, state });
    const { batch, stream } = this;
    if (!reconcile) return;
    this.reconciliation = new Reconciliation(this, 'Reconciliation', { batch, stream });
    if (topic === undefined) return;
    const { reconciliation } = this;
    this.alarms = new Alarms(this, 'Alarms', { batch, stream, reconciliation, topic });
  }
}
