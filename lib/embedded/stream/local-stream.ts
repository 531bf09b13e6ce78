import { FileObjectStore } from '../../../lambdas/shared/adapters/local/file-object-store.ts';
import { LocalEventStream } from '../../../lambdas/shared/adapters/local/local-event-stream.ts';
import { SqliteStateStore } from '../../../lambdas/shared/adapters/local/sqlite-state-store.ts';
import type { Config } from '../../../lambdas/shared/model/config.ts';
import { withCleanUpSync } from '../../../lambdas/shared/model/errors.ts';
import type { Metrics } from '../../../lambdas/shared/ports/metrics.ts';
import { SystemClock } from '../../../lambdas/shared/runtime/clock.ts';
import { SystemRandomness } from '../../../lambdas/shared/runtime/randomness.ts';
import {
  openStreamContext,
  type StreamContext,
} from '../../../lambdas/shared/state/stream-context.ts';
import { CODE_VERSION } from '../../common/code-version.ts';
import { sweepTemporaries } from './sweep-temporaries.ts';

export interface LocalStreamOptions {
  readonly streamDir: string;
  readonly landingDir: string;
  readonly lakeDir: string;
  readonly config: Config;
  readonly consumer: string;
  readonly metrics: Metrics;
  /** Where a new consumer begins, in ISO 8601; defaults to the stream's start. */
  readonly start?: string;
}

/** A consumer of a stream on this machine. */
export interface LocalStream {
  readonly context: StreamContext;
  /** Removes temporary files of killed processes; how many. */
  sweep(): Promise<number>;
  close(): void;
}

/**
 * Opens the stream of a folder and the state of a lake, and begins a consumer if there is none.
 * Throws `TerminalError` `stream_not_found` and the errors of `openStreamContext`.
 */
export async function openLocalStream(options: LocalStreamOptions): Promise<LocalStream> {
  const { config, consumer, metrics } = options;
  const clock = new SystemClock();
  const stream = await LocalEventStream.open({
    dir: options.streamDir,
    name: config.stream.name,
    clock,
  });
  try {
    const state = await SqliteStateStore.open({ lakeRoot: options.lakeDir, clock });
    const close = () =>
      withCleanUpSync(
        () => stream.close(),
        () => state.close(),
      );
    try {
      const lake = new FileObjectStore(options.lakeDir);
      const ports = {
        state,
        lake,
        landing: new FileObjectStore(options.landingDir),
        stream,
        clock,
        randomness: new SystemRandomness(),
        metrics,
      };
      const { start = 'start' } = options;
      const settings = { consumer, codeVersion: CODE_VERSION, config, start };
      const context = await openStreamContext(ports, settings);
      const sweep = () => sweepTemporaries(lake, context);
      return { context, sweep, close };
    } catch (error) {
      state.close();
      throw error;
    }
  } catch (error) {
    stream.close();
    throw error;
  }
}
