import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleCode } from '../lib/aws/bundle/bundle-functions.ts';
import packageJson from '../package.json' with { type: 'json' };

/**
 * `dist/`: what the package is made of besides `bin/tandem.js`, because Node strips no types below
 * `node_modules`. JavaScript and declarations keep the folders of the sources, so that paths from
 * file to file stay as they are; the code of the functions is bundled, so that who deploys the
 * constructs needs no bundler.
 */
const root = fileURLToPath(new URL('../', import.meta.url));
const dist = join(root, 'dist');

function compile(project: string): void {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '--project', project], { cwd: root, stdio: 'inherit' });
}

rmSync(dist, { recursive: true, force: true });
compile('tsconfig.package.json');
compile('tsconfig.types.json');
// The compiler copies the project's own, which names scripts and tools that are not in the package.
const { name, version, type } = packageJson;
writeFileSync(join(dist, 'package.json'), `${JSON.stringify({ name, version, type })}\n`);
bundleCode(join(dist, 'functions'));
