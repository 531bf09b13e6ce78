import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { AlarmSpec } from './alarm-spec.ts';

/** Makes a named alarm that notifies the topic when it begins and ends. */
export function makeAlarm(
  scope: Construct,
  spec: AlarmSpec,
  { prefix, topic }: { readonly prefix: string; readonly topic: ITopic },
): Alarm {
  const alarm = new Alarm(scope, spec.id, {
    alarmName: `${prefix}-${spec.id}`,
    alarmDescription: `${spec.text} (docs/operations.md, ${spec.id})`,
    metric: spec.metric,
    threshold: spec.threshold,
    comparisonOperator: spec.comparison ?? ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: spec.periods ?? 1,
    treatMissingData: spec.missing ?? TreatMissingData.NOT_BREACHING,
  });
  const action = new SnsAction(topic);
  alarm.addAlarmAction(action);
  alarm.addOkAction(action);
  return alarm;
}
