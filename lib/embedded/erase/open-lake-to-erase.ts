import { existsSync } from 'node:fs';
import { FileObjectStore } from '../../../lambdas/shared/adapters/local/file-object-store.ts';
import { SqliteStateStore } from '../../../lambdas/shared/adapters/local/sqlite-state-store.ts';
import { cleanUpOnFailure, TerminalError } from '../../../lambdas/shared/model/errors.ts';
import { SystemClock } from '../../../lambdas/shared/runtime/clock.ts';
import { CODE_VERSION } from '../../common/code-version.ts';
import { openSight, type StreamSight } from '../../common/stream-sight.ts';
import type { LocalStreamOptions } from '../stream/local-stream.ts';

/**
 * Opens a local consumer's lake and state for changes, without a stream and without beginning a
 * consumer. Throws `TerminalError` `lake_not_found`.
 */
export async function openLakeToErase(
  options: Omit<LocalStreamOptions, 'streamDir'>,
): Promise<StreamSight> {
  const { lakeDir, landingDir, config, consumer, metrics } = options;
  if (!existsSync(lakeDir))
    throw new TerminalError('lake_not_found', `lake ${lakeDir} does not exist`);
  const clock = new SystemClock();
  const place = { lakeRoot: lakeDir, clock };
  const found = await SqliteStateStore.openToRead(place);
  found?.close();
  const state = found === null ? null : await SqliteStateStore.open(place);
  const ports = {
    ...{ stream: null, state, clock, metrics },
    lake: new FileObjectStore(lakeDir),
    landing: new FileObjectStore(landingDir),
  };
  return await cleanUpOnFailure(
    () =>
      openSight(ports, { config, consumer, codeVersion: CODE_VERSION, isPublisher: true }, () =>
        state?.close(),
      ),
    async () => state?.close(),
  );
}
