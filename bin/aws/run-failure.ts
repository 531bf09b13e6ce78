import { failureKey, type RunFailure } from '../../lambdas/batch/end-run/end-step.ts';
import { ObjectNotFoundError } from '../../lambdas/shared/model/errors.ts';
import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';
import { parseJson } from '../../lambdas/shared/runtime/json.ts';
import type { BatchExecution } from '../../lib/aws/client/batch-executions.ts';

/** Why a run did not end well. */
export interface RunTrouble {
  /** Null if nothing but the state machine says what happened, or the error has none. */
  readonly code: string | null;
  readonly message: string;
  readonly wayOut: string;
}

const AGAIN = 'then npx tandem batch --target aws';

/** What to do, by error code; docs/operations.md lists the same under RunFailed. */
const WAYS_OUT: Readonly<Record<string, string>> = {
  landing_empty: `upload orders files, ${AGAIN}`,
  all_files_rejected: `fix the files and upload them again, ${AGAIN}`,
  dimension_rejected: `fix or remove that file, ${AGAIN}`,
  dimensions_too_large: `raise aws.batchMemory and deploy, ${AGAIN}`,
  does_not_fit: `raise aws.batchMemory and deploy, ${AGAIN}`,
  too_many_quarantined: `fix the export and upload it again, ${AGAIN}`,
  input_changed: 'nothing to do: the next run reads the new file',
  superseded: 'nothing to do: another run was published in the meantime',
  revenue_overflow: `fix the price or quantity named above, ${AGAIN}`,
  access_denied: `grant the permission named above, ${AGAIN}`,
};

const READ_ON = 'see docs/operations.md, RunFailed';

/** What went wrong in a run, and what to do; null if it is under way or ended well. */
export async function troubleOfRun(
  lake: Pick<ObjectStore, 'get'>,
  { runId, status }: BatchExecution,
): Promise<RunTrouble | null> {
  if (status === 'RUNNING' || status === 'SUCCEEDED') return null;
  const failure = await findFailure(lake, runId);
  if (failure !== null && status === 'FAILED') {
    const { code = null, message, error } = failure;
    const wayOut = WAYS_OUT[code ?? ''] ?? `${READ_ON}, ${AGAIN}`;
    return { code: code ?? null, message: message === '' ? error : message, wayOut };
  }
  if (status === 'TIMED_OUT') {
    const message = 'it exceeded batch.maxRun';
    return {
      code: 'timed_out',
      message,
      wayOut: `check its execution in Step Functions, ${AGAIN}`,
    };
  }
  if (status === 'ABORTED') {
    return {
      code: 'aborted',
      message: 'it was stopped by hand',
      wayOut: 'npx tandem batch --target aws',
    };
  }
  const message = `it ended as ${status.toLowerCase()} without a recorded reason`;
  return { code: null, message, wayOut: `check its execution in Step Functions, ${AGAIN}` };
}

async function findFailure(
  lake: Pick<ObjectStore, 'get'>,
  runId: string,
): Promise<RunFailure | null> {
  try {
    return parseJson<RunFailure>(await lake.get(failureKey(runId)));
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return null;
    throw error;
  }
}
