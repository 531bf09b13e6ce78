import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { asked, isNamed } from '../../../lambdas/shared/adapters/aws/aws-errors.ts';
import { executionArn, machineCall } from './state-machine.ts';

/** A run of the state machine; its name is the run id. */
export interface BatchExecution {
  readonly runId: string;
  /** Step Functions' word: RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED. */
  readonly status: string;
  readonly startedAtMs: number;
  readonly stoppedAtMs: number | null;
}

/** Runs of the deployed batch door, as its state machine lists them. */
export class BatchExecutions {
  readonly #stateMachineArn: string;
  readonly #client: SFNClient;

  constructor(stateMachineArn: string, client: SFNClient) {
    this.#stateMachineArn = stateMachineArn;
    this.#client = client;
  }

  /** Newest first. */
  async latest(maxResults: number): Promise<BatchExecution[]> {
    const stateMachineArn = this.#stateMachineArn;
    const command = new ListExecutionsCommand({ stateMachineArn, maxResults });
    const { executions = [] } = await this.#asked('ListExecutions', () =>
      this.#client.send(command),
    );
    return executions
      .map(executionOf)
      .sort((a, b) => b.startedAtMs - a.startedAtMs)
      .slice(0, maxResults);
  }

  /** Null if none has begun yet. */
  async find(runId: string): Promise<BatchExecution | null> {
    const arn = executionArn(this.#stateMachineArn, runId);
    const command = new DescribeExecutionCommand({ executionArn: arn });
    try {
      const found = await this.#asked('DescribeExecution', () => this.#client.send(command));
      return executionOf({ ...found, name: runId });
    } catch (error) {
      if (isNamed((error as Error).cause, 'ExecutionDoesNotExist')) return null;
      throw error;
    }
  }

  async #asked<T>(action: string, ask: () => Promise<T>): Promise<T> {
    return await asked(machineCall(this.#stateMachineArn, action), ask);
  }
}

function executionOf(found: {
  readonly name?: string | undefined;
  readonly status?: string | undefined;
  readonly startDate?: Date | undefined;
  readonly stopDate?: Date | undefined;
}): BatchExecution {
  return {
    runId: found.name ?? '',
    status: found.status ?? 'UNKNOWN',
    startedAtMs: found.startDate?.getTime() ?? 0,
    stoppedAtMs: found.stopDate?.getTime() ?? null,
  };
}
