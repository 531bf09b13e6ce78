import { splitCode, tryAll } from '../../shared/model/errors.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { jsonBytes } from '../../shared/runtime/json.ts';
import { BATCH_CURRENT_KEY } from '../../shared/state/batch-keys.ts';
import { readCurrentPointer } from '../../shared/state/current-pointer.ts';
import { discardRun, removeWork } from '../publish-run/remove-old-runs.ts';
import type { BatchHost } from '../run/batch-host.ts';
import { manifestKey } from '../run/batch-plan.ts';

export interface EndStepEvent {
  readonly runId: string;
  readonly outcome: 'published' | 'empty' | 'failed';
  /** What the state machine caught: the error's name, and its text as Lambda writes it. */
  readonly error?: { readonly Error?: string; readonly Cause?: string };
}

export interface EndStepResult {
  readonly outcome: EndStepEvent['outcome'];
  readonly error: string;
  readonly message: string;
}

/** A run that failed, for an operator; names as in the JSON. */
export interface RunFailure {
  readonly run_id: string;
  readonly failed_at: string;
  /** Name of the error. */
  readonly error: string;
  /** Error code, listed in docs/operations.md under RunFailed; null if the error has none. */
  readonly code?: string | null;
  readonly message: string;
}

/** Key of the short record that an operator reads about a failed run. */
export const failureKey = (runId: string) => `state/batch/failures/${runId}.json`;

/**
 * Ends a run: records a failure and removes what the run left, unless it was published before it
 * failed. Safe to repeat.
 */
export async function endStep(host: BatchHost, event: EndStepEvent): Promise<EndStepResult> {
  const { lake, clock } = host;
  const { runId, outcome, error } = event;
  const { name, message } = causeOf(error);
  if (outcome === 'failed') {
    const failedAt = new Date(clock.now()).toISOString();
    const { code, text } = splitCode(name, message);
    const record: RunFailure = {
      run_id: runId,
      failed_at: failedAt,
      error: name,
      code,
      message: text,
    };
    await tryAll([
      async () => void (await lake.put(failureKey(runId), jsonBytes(record))),
      () => removeLeft(lake, runId),
    ]);
  }
  return { outcome, error: name, message };
}

async function removeLeft(lake: ObjectStore, runId: string): Promise<void> {
  const current = await readCurrentPointer(lake, BATCH_CURRENT_KEY);
  if (current?.manifestKey === manifestKey(runId)) await removeWork(lake, runId);
  else await discardRun(lake, runId);
}

/** `Cause` of a failed function is JSON with its message; of other failures it is plain text. */
function causeOf(error: EndStepEvent['error']): { name: string; message: string } {
  const name = error?.Error ?? '';
  const text = error?.Cause ?? '';
  try {
    const { errorType, errorMessage } = JSON.parse(text) as Record<string, string | undefined>;
    return { name: errorType ?? name, message: errorMessage ?? text };
  } catch {
    return { name, message: text };
  }
}
