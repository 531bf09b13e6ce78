import {
  ExecutionAlreadyExists,
  type SFNClient,
  StartExecutionCommand,
  type StartExecutionInput,
} from '@aws-sdk/client-sfn';

/**
 * Starts a named execution. False if one of that name exists or existed, so that a repetition
 * starts nothing more. Throws the SDK's errors unmapped.
 */
export async function startExecution(
  client: SFNClient,
  execution: Required<Pick<StartExecutionInput, 'stateMachineArn' | 'name' | 'input'>>,
): Promise<boolean> {
  try {
    await client.send(new StartExecutionCommand(execution));
    return true;
  } catch (error) {
    if (error instanceof ExecutionAlreadyExists) return false;
    throw error;
  }
}
