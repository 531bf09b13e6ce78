import { isRunPending } from '../../lambdas/batch/start-run/decide-start.ts';
import { readStarter } from '../../lambdas/batch/start-run/start-step.ts';
import type { Config } from '../../lambdas/shared/model/config.ts';
import { countMessages } from '../../lambdas/stream/redrive-records/count-messages.ts';
import type { BatchExecution } from '../../lib/aws/client/batch-executions.ts';
import type { DeployedResources } from '../../lib/aws/client/open-deployment.ts';
import { ageText, instantText } from '../instant-text.ts';
import { textTable, withCommas } from '../text-table.ts';

const RUNS_SHOWN = 5;

/** What only a deployment has. */
export interface DeployedStatus {
  /** Of the state machine, the newest first. */
  readonly runs: readonly BatchExecution[];
  /** Uploads wait for a run. */
  readonly isRunPending: boolean;
  /** Record batches in the failure destination. */
  readonly givenUpBatches: number;
  /** What is not switched on in resources that the config brings. */
  readonly findings: readonly string[];
}

export async function readDeployedStatus(
  resources: DeployedResources,
  { aws }: Config,
): Promise<DeployedStatus> {
  const { checkExisting } = await import('../../lib/aws/client/check-existing.ts');
  const { state: starter } = await readStarter(resources.state);
  return {
    runs: await resources.executions.latest(RUNS_SHOWN),
    isRunPending: isRunPending(starter),
    givenUpBatches: await countMessages(resources.failures),
    findings: await checkExisting(aws, resources.outputs),
  };
}

export function deployedStatusJson(status: DeployedStatus) {
  const { runs, isRunPending, givenUpBatches, findings } = status;
  return {
    findings,
    runs: runs.map(({ runId, status, startedAtMs, stoppedAtMs }) => ({
      run_id: runId,
      status: status.toLowerCase(),
      started_at: new Date(startedAtMs).toISOString(),
      stopped_at: stoppedAtMs === null ? null : new Date(stoppedAtMs).toISOString(),
    })),
    run_pending: isRunPending,
    given_up_batches: givenUpBatches,
  };
}

export function deployedStatusText(status: DeployedStatus, nowMs: number): string {
  const { runs, isRunPending, givenUpBatches, findings } = status;
  const rows = runs.map(({ runId, status: said, startedAtMs, stoppedAtMs }) => [
    runId,
    said.toLowerCase(),
    instantText(startedAtMs),
    ageText((stoppedAtMs ?? nowMs) - startedAtMs),
  ]);
  const columns = [
    { title: 'last runs' },
    { title: 'status' },
    { title: 'started' },
    { title: 'took', isNumber: true },
  ];
  return [
    rows.length === 0 ? 'the state machine has not run yet\n' : textTable(columns, rows),
    isRunPending ? 'uploads wait for the next run\n' : '',
    givenUpBatches === 0
      ? 'no record batch was given up\n'
      : `${withCommas(givenUpBatches)} record batches were given up; ` +
        'run: npx tandem redrive --target aws\n',
    ...findings.map((finding) => `to do: ${finding}\n`),
  ].join('');
}
