import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectRoot } from '../../../support/source-files.ts';

/** Prints the modules of packages that are loaded with these files. */
const LISTING = `
import { registerHooks } from 'node:module';
const found = new Set();
registerHooks({
  resolve(name, context, next) {
    const resolved = next(name, context);
    if (resolved.url.includes('/node_modules/')) found.add(name);
    return resolved;
  },
});
for (const file of process.argv.slice(1)) await import(file);
console.log(JSON.stringify([...found]));
`;

it('loads no client of AWS before a command needs it', () => {
  const folder = join(projectRoot, 'bin/commands');
  const files = ['cli.ts', ...readdirSync(folder).map((name) => `commands/${name}`)];
  const urls = files.map((file) => new URL(`../../../../bin/${file}`, import.meta.url).href);
  const args = ['--input-type=module', '--eval', LISTING, ...urls];

  const loaded: string[] = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));

  expect(loaded).toContain('commander');
  expect(loaded.filter((name) => /^@(aws|smithy)/.test(name))).toEqual([]);
});
