import { SFNClient } from '@aws-sdk/client-sfn';
import { startExecution } from './start-execution.ts';

/** Starts executions of the state machine that runs large comparisons. */
export class AwsComparisonLauncher {
  readonly #stateMachineArn: string;
  readonly #client = new SFNClient({});

  constructor(stateMachineArn: string) {
    this.#stateMachineArn = stateMachineArn;
  }

  /** Repeated with a name, it starts nothing more. */
  async launch(name: string, input: object): Promise<void> {
    const stateMachineArn = this.#stateMachineArn;
    await startExecution(this.#client, { stateMachineArn, name, input: JSON.stringify(input) });
  }
}
