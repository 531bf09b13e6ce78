import { SFNClient } from '@aws-sdk/client-sfn';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { EpochMs } from '../../model/time.ts';
import type { Clock } from '../../ports/clock.ts';
import { MAX_WAKE_MS, type RunLauncher, type RunStart } from '../../ports/run-launcher.ts';
import { startExecution } from './start-execution.ts';

/**
 * Starts executions of a state machine, named after the run so that a second start of the same run
 * is refused. Wakes the starter later through its queue.
 */
export class AwsRunLauncher implements RunLauncher {
  readonly #stateMachineArn: string;
  readonly #queueUrl: string;
  readonly #clock: Clock;
  readonly #stepFunctions = new SFNClient({});
  readonly #queues = new SQSClient({});

  constructor(options: {
    readonly stateMachineArn: string;
    readonly queueUrl: string;
    readonly clock: Clock;
  }) {
    this.#stateMachineArn = options.stateMachineArn;
    this.#queueUrl = options.queueUrl;
    this.#clock = options.clock;
  }

  async launch({ runId, startedAtMs, fromRaw }: RunStart): Promise<void> {
    const createdAt = new Date(startedAtMs).toISOString();
    const input = JSON.stringify({ id: runId, runId, createdAt, fromRaw });
    const stateMachineArn = this.#stateMachineArn;
    await startExecution(this.#stepFunctions, { stateMachineArn, name: runId, input });
  }

  async wakeAt(timeMs: EpochMs): Promise<void> {
    const waitSec = Math.ceil((timeMs - this.#clock.now()) / 1000);
    const message = {
      QueueUrl: this.#queueUrl,
      MessageBody: JSON.stringify({ tandem: 'tick' }),
      // SQS delays a message by at most this long.
      DelaySeconds: Math.min(Math.max(waitSec, 0), MAX_WAKE_MS / 1_000),
    };
    await this.#queues.send(new SendMessageCommand(message));
  }
}
