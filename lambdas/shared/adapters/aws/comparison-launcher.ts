import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';

/** Starts executions of the state machine of large comparisons. */
export class AwsComparisonLauncher {
  readonly #stateMachineArn: string;
  readonly #client = new SFNClient({});

  constructor(stateMachineArn: string) {
    this.#stateMachineArn = stateMachineArn;
  }

  /** Repeated with a name, it starts nothing more. */
  async launch(name: string, input: object): Promise<void> {
    const command = { stateMachineArn: this.#stateMachineArn, name, input: JSON.stringify(input) };
    try {
      await this.#client.send(new StartExecutionCommand(command));
    } catch (error) {
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
    }
  }
}
