import { isRunPending } from '../../lambdas/batch/start-run/decide-start.ts';
import { readStarter } from '../../lambdas/batch/start-run/start-step.ts';
import type { Config } from '../../lambdas/shared/model/config.ts';
import { configHash } from '../../lambdas/shared/model/config-hash.ts';
import { RetryableError, TerminalError } from '../../lambdas/shared/model/errors.ts';
import { countMessages } from '../../lambdas/stream/consume/count-messages.ts';
import type { BatchExecution } from '../../lib/aws/client/batch-executions.ts';
import type { AlarmOn, AlarmsFound } from '../../lib/aws/client/deployed-alarms.ts';
import type { DeployedResources } from '../../lib/aws/client/open-deployment.ts';
import { VERSION } from '../base/version.ts';
import { type RunTrouble, troubleOfRun } from './run-failure.ts';

const RUNS_SHOWN = 5;

export type ShownRun = BatchExecution & { readonly trouble: RunTrouble | null };

export type ShownAlarms =
  | ({ readonly status: 'known' } & AlarmsFound)
  /** The operations stack is not there, as on an emulator. */
  | { readonly status: 'absent' }
  /** CloudWatch did not say, and the rest is shown all the same. */
  | { readonly status: 'unknown'; readonly why: string };

export interface Versions {
  /** Version of the functions; null: the deployment does not state it. */
  readonly functions: string | null;
  readonly commandLine: string;
  /** Null: the deployment does not say it. */
  readonly hasSameConfig: boolean | null;
}

/** What only a deployment has. */
export interface DeployedStatus {
  /** Runs of the state machine, newest first. */
  readonly runs: readonly ShownRun[];
  /** True if uploads or a request wait for a run. */
  readonly isRunPending: boolean;
  /** The oldest upload that no run covers; null if none waits. */
  readonly waitingSinceMs: number | null;
  /** Time by which a run should have begun: twice `batch.maxWait`. */
  readonly longWaitMs: number;
  /** Record batches in the failure destination. */
  readonly givenUpBatches: number;
  /** Notifications of uploads that could not be handled. */
  readonly deadLetters: number;
  readonly alarms: ShownAlarms;
  readonly versions: Versions;
  /** What is not switched on in resources that the config brings. */
  readonly findings: readonly string[];
}

export type StatusResources = Pick<DeployedResources, 'state' | 'lake' | 'failures' | 'outputs'> & {
  readonly executions: Pick<DeployedResources['executions'], 'latest'>;
  readonly alarms: Pick<DeployedResources['alarms'], 'find'>;
  readonly deadLetters: Pick<DeployedResources['deadLetters'], 'count'>;
};

/**
 * Collects the status of a deployment. If the alarms cannot be read, it says why instead of
 * failing.
 */
export async function readDeployedStatus(
  resources: StatusResources,
  config: Config,
): Promise<DeployedStatus> {
  const { lake, state, executions, failures, deadLetters, outputs } = resources;
  const { checkExisting } = await import('../../lib/aws/client/check-existing.ts');
  const { state: starter } = await readStarter(state);
  const runs: ShownRun[] = [];
  for (const run of await executions.latest(RUNS_SHOWN)) {
    runs.push({ ...run, trouble: await troubleOfRun(lake, run) });
  }
  const waitingSinceMs = starter.firstUploadedAtMs;
  return {
    runs,
    isRunPending: isRunPending(starter),
    waitingSinceMs,
    longWaitMs: 2 * config.batch.maxWaitMs,
    givenUpBatches: await countMessages(failures),
    deadLetters: await deadLetters.count(),
    alarms: await alarmsOf(resources),
    versions: {
      functions: outputs.CodeVersion ?? null,
      commandLine: VERSION,
      hasSameConfig:
        outputs.ConfigHash === undefined ? null : outputs.ConfigHash === configHash(config),
    },
    findings: await checkExisting(config.aws, outputs),
  };
}

/** One missing permission must not hide everything else. */
async function alarmsOf({ alarms }: StatusResources): Promise<ShownAlarms> {
  try {
    const found = await alarms.find();
    return found.deployed === 0 ? { status: 'absent' } : { status: 'known', ...found };
  } catch (error) {
    if (!(error instanceof TerminalError) && !(error instanceof RetryableError)) throw error;
    return { status: 'unknown', why: error.message };
  }
}

/** The status of a deployment for `--json` (contract §6). */
export function deployedStatusJson(status: DeployedStatus) {
  const { runs, isRunPending, waitingSinceMs, givenUpBatches, deadLetters, alarms, versions } =
    status;
  return {
    findings: status.findings,
    runs: runs.map(({ runId, status: said, startedAtMs, stoppedAtMs, trouble }) => ({
      run_id: runId,
      status: said.toLowerCase(),
      started_at: isoOf(startedAtMs),
      stopped_at: stoppedAtMs === null ? null : isoOf(stoppedAtMs),
      failure:
        trouble === null
          ? null
          : { code: trouble.code, message: trouble.message, way_out: trouble.wayOut },
    })),
    run_pending: isRunPending,
    uploads_wait_since: waitingSinceMs === null ? null : isoOf(waitingSinceMs),
    given_up_batches: givenUpBatches,
    dead_letters: deadLetters,
    alarms: alarmsJson(alarms),
    versions: {
      functions: versions.functions,
      command_line: versions.commandLine,
      same_config: versions.hasSameConfig,
    },
  };
}

function alarmsJson(alarms: ShownAlarms) {
  switch (alarms.status) {
    case 'known':
      return { status: 'known', deployed: alarms.deployed, on: alarms.on.map(alarmJson) };
    case 'absent':
      return { status: 'absent', deployed: 0, on: [] };
    case 'unknown':
      return { status: 'unknown', why: alarms.why, on: [] };
  }
}

function alarmJson({ name, sinceMs, text }: AlarmOn) {
  return { name, since: sinceMs === null ? null : isoOf(sinceMs), text };
}

function isoOf(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
