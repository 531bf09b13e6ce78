import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storageError } from '../../../lambdas/shared/adapters/local/file-errors.ts';
import { withCleanUp } from '../../../lambdas/shared/model/errors.ts';

/** What the names of these folders begin with. */
export const TEMPORARY_PREFIX = 'tandem-check-';

const REMOVE = { recursive: true, force: true, maxRetries: 3 } as const;

/**
 * Calls `work` with a new folder in the temporary folder of the system that only this user can
 * read. Removes it when `work` ends, however it ends, and also if the process exits before.
 */
export async function withTemporaryFolder<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = await newFolder();
  // A second ctrl-C ends the process without waiting for anything.
  const onExit = () => rmSync(dir, REMOVE);
  process.once('exit', onExit);
  return await withCleanUp(
    () => work(dir),
    async () => {
      await rm(dir, REMOVE);
      process.off('exit', onExit);
    },
  );
}

async function newFolder(): Promise<string> {
  const prefix = join(tmpdir(), TEMPORARY_PREFIX);
  try {
    return await mkdtemp(prefix);
  } catch (error) {
    throw storageError(prefix, error);
  }
}
