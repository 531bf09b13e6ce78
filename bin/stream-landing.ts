import { statSync } from 'node:fs';
import { TerminalError } from '../lambdas/shared/runtime/errors.ts';
import type { CommandIo } from './command.ts';
import type { Folders, StreamFolders } from './stream-options.ts';

/**
 * Looks whether the folder of the dimensions is there. Throws `TerminalError` `landing_not_found`
 * where it was named and is not: a name that is mistyped would leave every order without customer
 * and product. The default one need not be there, since a stream does without dimensions; then it
 * is said. A folder without customers/ and products/ is fine.
 */
export function checkLanding(
  { landing: named }: Pick<StreamFolders, 'landing'>,
  { landingDir }: Pick<Folders, 'landingDir'>,
  io: Pick<CommandIo, 'writeErr'>,
): void {
  const found = statSync(landingDir, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  const what =
    found === undefined ? `there is no landing folder ${landingDir}` : `${landingDir} is no folder`;
  if (named !== undefined) {
    const message = `${what}; --landing names one that holds customers/ and products/, or neither`;
    throw new TerminalError('landing_not_found', message);
  }
  io.writeErr(`tandem: note: ${what}; orders are published without customers and products\n`);
}
