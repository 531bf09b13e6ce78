import { statSync } from 'node:fs';
import { TerminalError } from '../../lambdas/shared/model/errors.ts';
import type { CommandIo } from '../base/command.ts';
import type { Folders, StreamFolders } from './stream-options.ts';

/**
 * Throws `TerminalError` `landing_not_found` if a landing folder does not exist, or is a file:
 * otherwise it would look like an empty one.
 */
export function assertLandingFolder(dir: string): void {
  const problem = problemOf(dir);
  if (problem === null) return;
  const message =
    `${problem}; set --landing or paths.landing to a folder with orders/ ` +
    `(npx tandem generate --out ${dir} writes sample data)`;
  throw new TerminalError('landing_not_found', message);
}

/**
 * Checks that the folder of the stream's dimensions exists. Throws `TerminalError`
 * `landing_not_found` if it was named and does not: a mistyped name would leave every order without
 * customer and product. If the default one is missing, only warns. A folder without customers/ and
 * products/ is fine.
 */
export function checkDimensionFolder(
  { landing: named }: Pick<StreamFolders, 'landing'>,
  { landingDir }: Pick<Folders, 'landingDir'>,
  io: Pick<CommandIo, 'writeErr'>,
): void {
  const problem = problemOf(landingDir);
  if (problem === null) return;
  if (named !== undefined) {
    const wayOut = 'set --landing to a folder; customers/ and products/ in it are optional';
    throw new TerminalError('landing_not_found', `${problem}; ${wayOut}`);
  }
  io.writeErr(`tandem: note: ${problem}; orders are published without customers and products\n`);
}

/** Null: it is a folder. */
function problemOf(dir: string): string | null {
  const found = statSync(dir, { throwIfNoEntry: false });
  if (found?.isDirectory()) return null;
  return found === undefined ? `landing folder ${dir} does not exist` : `${dir} is not a folder`;
}
