import { SystemClock } from '../../lambdas/shared/runtime/clock.ts';
import type {
  FollowedResources,
  FollowedRun,
  FollowOptions,
  RunStep,
} from '../../lib/aws/client/follow-run.ts';
import type { BatchRunResult } from '../../lib/common/batch-run-result.ts';
import type { CommandContext } from '../base/command.ts';
import { InterruptedError } from '../base/failure.ts';
import { batchSummary } from '../text/batch-summary.ts';
import { createProgress, type Progress } from '../text/progress.ts';
import { secondsText } from '../text/text-table.ts';

/** Steps take seconds; a deployment is asked this often how far they are. */
const POLL_MS = 1_000;

const STAGE_UNITS: Readonly<Partial<Record<RunStep['stage'], string>>> = {
  map: 'chunks',
  reduce: 'buckets',
  merge: 'ranges',
};

/**
 * Follows a run of the deployed batch door to its end: a bar on a terminal, lines elsewhere. Throws
 * the errors of `followRun`.
 */
export async function followWithProgress(
  resources: FollowedResources,
  wanted: Pick<FollowOptions, 'isWanted' | 'before'>,
  context: CommandContext,
): Promise<FollowedRun> {
  const { followRun } = await import('../../lib/aws/client/follow-run.ts');
  const { io, isJson, signal } = context;
  const progress = await createProgress(context);
  const say = io.isErrTerminal || isJson ? () => undefined : stageLines(io);
  let runId: string | null = null;
  try {
    return await followRun(resources, {
      ...wanted,
      pollMs: POLL_MS,
      clock: new SystemClock(),
      signal,
      onStep(step) {
        runId = step.runId;
        say(step);
        draw(progress, step);
      },
    });
  } catch (error) {
    if (!signal.aborted) throw error;
    const what = runId === null ? 'the requested run' : `run ${runId}`;
    throw new InterruptedError(
      `interrupted; ${what} continues on AWS: npx tandem status --target aws`,
      {
        cause: error,
      },
    );
  } finally {
    progress.stop();
  }
}

function draw(progress: Progress, { stage, done, total }: RunStep): void {
  progress.show({ stage, done, total: Math.max(1, total), unit: STAGE_UNITS[stage] ?? 'steps' });
}

function stageLines(io: CommandContext['io']): (step: RunStep) => void {
  let shown: RunStep['stage'] | null = null;
  return ({ stage, total, runId }) => {
    if (stage === shown) return;
    shown = stage;
    const unit = STAGE_UNITS[stage];
    const size = unit === undefined ? '' : `, ${total} ${unit}`;
    io.writeErr(
      stage === 'wait' ? 'waiting for the batch run to start\n' : `run ${runId}: ${stage}${size}\n`,
    );
  };
}

/** A run's result for `--json`, in the form of a local run. */
export function runResult({
  runId,
  manifest,
  manifestKey,
  durationMs,
}: FollowedRun): BatchRunResult {
  return { runId, status: manifest.status, manifestKey, manifest, durationMs };
}

/** The summary of a run in the form of a local `batch`. */
export function followedText(run: FollowedRun, lakeBucket: string): string {
  const { runId, manifest, manifestKey, durationMs } = run;
  return (
    `run ${runId}: ${manifest.status} in ${secondsText(durationMs)}\n\n` +
    `${batchSummary(manifest)}` +
    `tables: s3://${lakeBucket}/tables/batch, as ${manifestKey} lists them\n` +
    'next: npx tandem show top_products --target aws\n'
  );
}
