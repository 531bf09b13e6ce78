import { ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import type { Deployment } from '../../deployment.ts';
import { type AlarmSpec, ownMetric } from './alarm-spec.ts';

/** Percent of a limit worth an alarm. */
const NEAR_PERCENT = 80;

/** Alarms for limits that are close, before a run fails at one. */
export function limitAlarms(deployment: Deployment): AlarmSpec[] {
  return [
    {
      id: 'NearLimit',
      metric: ownMetric(deployment, 'PlanLimitUsed', 'Maximum'),
      threshold: NEAR_PERCENT,
      comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      text:
        'A batch run used 80 % or more of a limit; runs beyond it fail. npx tandem plan ' +
        '--target aws shows which one, in its section limits. Load larger files or raise ' +
        'aws.batchMemory.',
    },
  ];
}
