import { statSync } from 'node:fs';
import { TerminalError } from '../lambdas/shared/model/errors.ts';
import type { CommandIo } from './command.ts';
import type { Folders, StreamFolders } from './stream-options.ts';

/**
 * Throws `TerminalError` `landing_not_found` where a landing folder is not there, or is a file: a
 * store of no folder looks like one without objects.
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
 * Looks whether the folder of the stream's dimensions is there. Throws `TerminalError`
 * `landing_not_found` where it was named and is not: a name that is mistyped would leave every
 * order without customer and product. The default one need not be there, since a stream does
 * without dimensions; then it is said. A folder without customers/ and products/ is fine.
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
