import type { Config } from '../shared/model/config.ts';
import { TerminalError } from '../shared/model/errors.ts';
import type { Clock } from '../shared/ports/clock.ts';
import type { ObjectStore } from '../shared/ports/object-store.ts';
import { type ChildStage, RunFiles } from './run-files.ts';

/** What the steps of a batch run need where each is a process of its own. */
export interface BatchHost {
  readonly landing: ObjectStore;
  readonly lake: ObjectStore;
  readonly clock: Clock;
  readonly config: Config;
  readonly codeVersion: string;
  /** Name of the folder or bucket, for messages. */
  readonly landingName: string;
}

/** What a step of a map state tells the state machine; everything else is in the lake. */
export interface ChildStatus {
  readonly index: number;
  readonly status: 'ok' | 'failed';
}

/**
 * Runs one step of a map state. A `TerminalError` is recorded and becomes a status, so that one
 * state after the map decides for all; any other error is thrown, to be retried.
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

/** Keeps one value for the current run: a process serves many steps of one run. */
export class PerRun<Value> {
  #runId = '';
  #value: Promise<Value> | null = null;

  /** The run's value, made once per run; made again after it failed. */
  async of(runId: string, make: () => Promise<Value>): Promise<Value> {
    if (this.#runId !== runId || this.#value === null) {
      this.#runId = runId;
      this.#value = make();
      this.#value.catch(() => {
        this.#value = null;
      });
    }
    return await this.#value;
  }
}
