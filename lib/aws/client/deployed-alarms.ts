import { type CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { asked } from '../../../lambdas/shared/adapters/aws/aws-errors.ts';

/** An alarm that is on. */
export interface AlarmOn {
  readonly name: string;
  /** Null where CloudWatch does not say it. */
  readonly sinceMs: number | null;
  /** What it means and what to do, as `docs/operations.md` has it under the alarm's name. */
  readonly text: string;
}

export interface AlarmsFound {
  /** 0: the operations stack is not deployed, as on an emulator. */
  readonly deployed: number;
  /** Longest first. */
  readonly on: readonly AlarmOn[];
}

/** Alarms of one page at most (CloudWatch API, DescribeAlarms). */
const ALARMS_PER_PAGE = 100;

/** The alarms of a deployment: those whose names begin with `<aws.stackPrefix>-`. */
export class DeployedAlarms {
  readonly #prefix: string;
  readonly #client: CloudWatchClient;

  constructor(stackPrefix: string, client: CloudWatchClient) {
    this.#prefix = `${stackPrefix}-`;
    this.#client = client;
  }

  /** Throws `TerminalError` `access_denied`, `aws_refused`; `RetryableError` without an answer. */
  async find(): Promise<AlarmsFound> {
    let deployed = 0;
    const on: AlarmOn[] = [];
    let next: string | undefined;
    do {
      const { MetricAlarms: alarms = [], NextToken } = await this.#page(next);
      deployed += alarms.length;
      for (const alarm of alarms) {
        if (alarm.StateValue !== 'ALARM') continue;
        on.push({
          name: alarm.AlarmName ?? '',
          // Settings that are changed move the other time, but not the state.
          sinceMs:
            (alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp)?.getTime() ?? null,
          text: alarm.AlarmDescription ?? '',
        });
      }
      next = NextToken;
    } while (next !== undefined && next !== '');
    return { deployed, on: on.sort((a, b) => (a.sinceMs ?? 0) - (b.sinceMs ?? 0)) };
  }

  async #page(NextToken: string | undefined) {
    const command = new DescribeAlarmsCommand({
      AlarmNamePrefix: this.#prefix,
      AlarmTypes: ['MetricAlarm'],
      MaxRecords: ALARMS_PER_PAGE,
      NextToken,
    });
    const call = {
      what: `DescribeAlarms of ${this.#prefix}*`,
      resource: `alarms ${this.#prefix}*`,
      permission: 'cloudwatch:DescribeAlarms',
    };
    return await asked(call, () => this.#client.send(command));
  }
}
