import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { alarmList } from '../constructs/alarms/alarm-list.ts';
import { makeAlarm } from '../constructs/alarms/make-alarm.ts';
import type { BatchDoor } from './batch-door.ts';
import type { Reconciliation } from './reconciliation.ts';
import type { StreamDoor } from './stream-door.ts';

export interface AlarmsProps {
  readonly batch: BatchDoor;
  readonly stream: StreamDoor;
  readonly reconciliation: Reconciliation;
  /**
   * Is told when an alarm begins and when it is over. Where it is encrypted, its key has to let
   * CloudWatch use it.
   */
  readonly topic: ITopic;
}

/**
 * An alarm for everything that can go wrong; docs/operations.md has a chapter for each. On an
 * emulator (`--context emulator=true`) it makes none, because not every emulator sums metrics.
 */
export class Alarms extends Construct {
  readonly alarms: readonly IAlarm[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { batch, stream, reconciliation, topic } = props;
    const { deployment } = batch.options;
    const pipelines = {
      batch: batch.pipeline,
      stream: stream.pipeline,
      reconciliation: reconciliation.pipeline,
    };
    const watched = { deployment, storage: stream.storage, pipelines, catalogue: null };
    const prefix = deployment.config.aws.stackPrefix;
    const specs = deployment.isEmulator ? [] : alarmList(watched);
    this.alarms = specs.map((spec) => makeAlarm(this, spec, { prefix, topic }));
  }
}
