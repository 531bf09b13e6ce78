import type { AwsCall } from '../../../lambdas/shared/adapters/aws/aws-errors.ts';

/** An execution goes by the name of its state machine and its own. */
export function executionArn(machineArn: string, name: string): string {
  return `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

/** For what is said where it fails. */
export function machineCall(machineArn: string, action: string): AwsCall {
  return {
    what: `${action} of ${machineArn}`,
    resource: `state machine ${machineArn}`,
    permission: `states:${action}`,
  };
}
