import {
  ExecutionAlreadyExists,
  type SFNClient,
  StartExecutionCommand,
  type StartExecutionInput,
} from '@aws-sdk/client-sfn';

/**
 * Starts an execution under its name. False where there is or was one of that name: repeated, it
 * starts nothing more. Throws what the SDK throws.
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
