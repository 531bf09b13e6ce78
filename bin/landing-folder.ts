import { statSync } from 'node:fs';
import { TerminalError } from '../lambdas/shared/runtime/errors.ts';

/**
 * Throws `TerminalError` `landing_not_found` where a landing folder is not there, or is a file: a
 * store of no folder looks like one without objects.
 */
export function assertLandingFolder(dir: string): void {
  const found = statSync(dir, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  const what = found === undefined ? `there is no landing folder ${dir}` : `${dir} is no folder`;
  const message =
    `${what}; --landing or paths.landing names one that holds orders/ ` +
    `(tandem generate --out ${dir} makes one to try it with)`;
  throw new TerminalError('landing_not_found', message);
}
