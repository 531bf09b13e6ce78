import { FileObjectStore } from '../../../lambdas/shared/adapters/local/file-object-store.ts';
import { LocalEventStream } from '../../../lambdas/shared/adapters/local/local-event-stream.ts';
import { SqliteStateStore } from '../../../lambdas/shared/adapters/local/sqlite-state-store.ts';
import { cleanUpOnFailure, TerminalError } from '../../../lambdas/shared/model/errors.ts';
import type { Clock } from '../../../lambdas/shared/ports/clock.ts';
import { SystemClock } from '../../../lambdas/shared/runtime/clock.ts';
import { CODE_VERSION } from '../../common/code-version.ts';
import { openSight, type StreamSight } from '../../common/stream-sight.ts';
import type { LocalStreamOptions } from './local-stream.ts';

/**
 * Opens the stream of a folder and the state of a lake for reading, whichever of them exist.
 * Creates nothing and needs no write permission.
 */
export async function openLocalSight(options: LocalStreamOptions): Promise<StreamSight> {
  const { config } = options;
  const clock = new SystemClock();
  const stream = await findStream(options.streamDir, config.stream.name, clock);
  return await cleanUpOnFailure(
    () => openLocalState(options, stream, clock),
    async () => stream?.close(),
  );
}

async function openLocalState(
  { lakeDir, landingDir, config, consumer, metrics }: LocalStreamOptions,
  stream: LocalEventStream | null,
  clock: Clock,
): Promise<StreamSight> {
  const state = await SqliteStateStore.openToRead({ lakeRoot: lakeDir, clock });
  const lake = new FileObjectStore(lakeDir);
  const landing = new FileObjectStore(landingDir);
  const close = () => {
    stream?.close();
    state?.close();
  };
  return await cleanUpOnFailure(
    () =>
      openSight(
        { stream, state, lake, landing, clock, metrics },
        { config, consumer, codeVersion: CODE_VERSION, isPublisher: true },
        close,
      ),
    async () => state?.close(),
  );
}

async function findStream(dir: string, name: string, clock: Clock) {
  try {
    return await LocalEventStream.openToRead({ dir, name, clock });
  } catch (error) {
    if (error instanceof TerminalError && error.code === 'stream_not_found') return null;
    throw error;
  }
}
