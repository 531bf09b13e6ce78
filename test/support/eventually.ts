import { setTimeout as wait } from 'node:timers/promises';

/** Between two looks. */
const LOOK_EVERY_MS = 20;

/**
 * Ends when `isSo` is true, however long that takes: only the limit of the whole test ends it
 * otherwise. For what another process does, which no test can count in its own steps.
 */
export async function eventually(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await wait(LOOK_EVERY_MS);
}
