import type { AwsCall } from '../../../lambdas/shared/adapters/aws/aws-errors.ts';

/** The ARN of an execution, from its state machine's and its own name. */
export function executionArn(machineArn: string, name: string): string {
  return `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

/** Describes a call of a state machine for the message if it fails. */
export function machineCall(machineArn: string, action: string): AwsCall {
  return {
    what: `${action} of ${machineArn}`,
    resource: `state machine ${machineArn}`,
    permission: `states:${action}`,
  };
}
