import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/**
 * The program of npm, to be run by a Node of choice: the one that npm names to its scripts, or the
 * one on the PATH. Throws where there is none.
 */
export function npmProgram(): string {
  const named = process.env.npm_execpath;
  if (named?.endsWith('npm-cli.js') && existsSync(named)) return named;
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = folders.map((folder) => join(folder, 'npm')).find((file) => existsSync(file));
  if (found === undefined) throw new Error('there is no npm on the PATH');
  const file = realpathSync(found);
  return file.endsWith('.js')
    ? file
    : join(dirname(file), '../lib/node_modules/npm/bin/npm-cli.js');
}
