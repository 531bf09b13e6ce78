import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { LogLevel, type LogOptions } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { PipelineProps } from './pipeline-props.ts';

/** Log options of a state machine: every event, in a log group that goes with the stack. */
export function workflowLogs(
  scope: Construct,
  stateMachineName: string,
  { deployment, storage }: Pick<PipelineProps<'key'>, 'deployment' | 'storage'>,
): LogOptions {
  const destination = new LogGroup(scope, 'WorkflowLogs', {
    // Under this prefix log groups need no resource policy of their own, of which an account has
    // ten.
    logGroupName: `/aws/vendedlogs/states/${stateMachineName}`,
    retention: deployment.config.aws.logRetentionDays,
    ...(storage.key === null ? {} : { encryptionKey: storage.key }),
    // A group that stayed would be in the way of the next deployment: its name is fixed.
    removalPolicy: RemovalPolicy.DESTROY,
  });
  return { destination, level: LogLevel.ALL };
}
