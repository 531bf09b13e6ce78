import { TerminalError } from '../../shared/model/errors.ts';
import type { BatchHost } from './batch-host.ts';
import { type ChildStage, RunFiles } from './run-files.ts';

/** What a step of a map state tells the state machine; everything else is in the lake. */
export interface ChildStatus {
  readonly index: number;
  readonly status: 'ok' | 'failed';
}

/**
 * Runs one step of a map state. An error that no retry can mend is recorded and becomes a status,
 * so that one state after the map decides for all; others are thrown, to be tried again.
 */
export async function runChild(
  host: BatchHost,
  child: { readonly runId: string; readonly stage: ChildStage; readonly index: number },
  run: (files: RunFiles) => Promise<void>,
): Promise<ChildStatus> {
  const { runId, stage, index } = child;
  const files = new RunFiles(host.lake, runId);
  try {
    await run(files);
    return { index, status: 'ok' };
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    await files.putFailure({ stage, index, code: error.code, message: error.message });
    return { index, status: 'failed' };
  }
}
