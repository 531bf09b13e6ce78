import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import packageJson from '../../package.json' with { type: 'json' };
import { npmProgram } from './npm-program.ts';
import { projectRoot } from './source-files.ts';

const run = promisify(execFile);
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

/** As a shell of somebody who knows nothing of this project: not as a script of its npm. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|INIT_CWD$|NODE_OPTIONS$|VITEST)/i.test(name),
  );
  const own = join(projectRoot, 'node_modules');
  const path = (process.env.PATH ?? '').split(':').filter((folder) => !folder.startsWith(own));
  return { ...Object.fromEntries(entries), PATH: path.join(':') };
}

/** Runs npm in a folder; answers what it prints. Rejects when it fails. */
export async function npmIn(folder: string, ...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run(process.execPath, [npmProgram(), ...args], {
    cwd: folder,
    env: plainEnvironment(),
    maxBuffer: OUTPUT_BYTES_MAX,
  });
  return stdout + stderr;
}

/** Builds the package; answers the path of the tarball, which is then in `folder`. */
export async function packInto(folder: string): Promise<string> {
  await npmIn(projectRoot, 'pack', '--silent', '--pack-destination', folder);
  return join(folder, `tandem-${packageJson.version}.tgz`);
}
