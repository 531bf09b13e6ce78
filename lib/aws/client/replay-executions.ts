import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { asked } from '../../../lambdas/shared/adapters/aws/aws-errors.ts';
import { startExecution } from '../../../lambdas/shared/adapters/aws/start-execution.ts';
import { TerminalError } from '../../../lambdas/shared/model/errors.ts';
import type { Clock } from '../../../lambdas/shared/ports/clock.ts';
import type {
  ReplayStepEvent,
  ReplayStepResult,
} from '../../../lambdas/stream/operate/replay/replay-step.ts';
import { nap } from '../../common/nap.ts';
import { executionArn, machineCall } from './state-machine.ts';

export type ReplayRequest = Pick<ReplayStepEvent, 'consumer' | 'from' | 'since'>;

/** Replays run by the deployed state machine: `<consumer>-<n>`, numbered from 1. */
export class ReplayExecutions {
  readonly #machineArn: string;
  readonly #client: SFNClient;

  constructor(machineArn: string, client: SFNClient) {
    this.#machineArn = machineArn;
    this.#client = client;
  }

  /**
   * The replay of the consumer that is under way, or else a new one, and its name. Called twice at
   * the same time it starts one: both take the next number.
   */
  async begin(request: ReplayRequest): Promise<{ readonly name: string; readonly isNew: boolean }> {
    const { running, lastNumber } = await this.#known(request.consumer);
    if (running !== null) return { name: running, isNew: false };
    const name = `${request.consumer}-${lastNumber + 1}`;
    const { consumer, from, since } = request;
    const input = JSON.stringify({ consumer, from, since });
    const start = () =>
      startExecution(this.#client, { stateMachineArn: this.#machineArn, name, input });
    return { name, isNew: await this.#asked('StartExecution', start) };
  }

  /**
   * Waits for the end of a replay. Throws `TerminalError` `replay_failed` with the reason; or the
   * signal's reason, while the replay goes on.
   */
  async follow(
    name: string,
    options: { readonly clock: Clock; readonly pollMs: number; readonly signal: AbortSignal },
  ): Promise<ReplayStepResult> {
    const { clock, pollMs, signal } = options;
    const arn = executionArn(this.#machineArn, name);
    for (;;) {
      const command = new DescribeExecutionCommand({ executionArn: arn });
      const { status, output, error, cause } = await this.#asked('DescribeExecution', () =>
        this.#client.send(command),
      );
      if (status === 'SUCCEEDED') return JSON.parse(output ?? '{}') as ReplayStepResult;
      if (status !== 'RUNNING') {
        const reason = reasonOf(cause) ?? error ?? `it ${status?.toLowerCase()}`;
        throw new TerminalError(
          'replay_failed',
          `replay ${name} failed: ${reason}; fix that and run it again to continue`,
        );
      }
      await nap(clock, pollMs, signal);
      signal.throwIfAborted();
    }
  }

  async #known(consumer: string) {
    let running: string | null = null;
    let lastNumber = 0;
    let nextToken: string | undefined;
    do {
      const command = new ListExecutionsCommand({
        stateMachineArn: this.#machineArn,
        ...(nextToken === undefined ? {} : { nextToken }),
      });
      const found = await this.#asked('ListExecutions', () => this.#client.send(command));
      for (const { name = '', status } of found.executions ?? []) {
        const [, whose, number] = /^(.+)-(\d+)$/.exec(name) ?? [];
        if (whose !== consumer) continue;
        if (status === 'RUNNING') running = name;
        lastNumber = Math.max(lastNumber, Number(number));
      }
      nextToken = found.nextToken;
    } while (nextToken !== undefined);
    return { running, lastNumber };
  }

  async #asked<T>(action: string, ask: () => Promise<T>): Promise<T> {
    return await asked(machineCall(this.#machineArn, action), ask);
  }
}

/** What a function threw, as Step Functions keeps it. */
function reasonOf(cause: string | undefined): string | null {
  try {
    const { errorMessage } = JSON.parse(cause ?? '') as { errorMessage?: string };
    return errorMessage ?? null;
  } catch {
    return cause ?? null; // Not all causes are JSON.
  }
}
