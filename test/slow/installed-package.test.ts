import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { npmIn, packInto, plainEnvironment } from '../support/packed-package.ts';
import { projectRoot } from '../support/source-files.ts';

const run = promisify(execFile);
const env = plainEnvironment();
const version = (node: string) =>
  execFileSync(node, ['--version'], { encoding: 'utf8', env }).trim();

/** The one that npm runs on here, which may be older, and the one that the tests run on. */
const NODES = [...new Set(['node', process.execPath])].map((node) => [version(node), node]);

const root = mkdtempSync(join(tmpdir(), 'tandem package '));
let tarball: string;

beforeAll(async () => {
  tarball = await packInto(root);
}, 300_000);
afterAll(() => rmSync(root, { recursive: true }), 300_000);

describe('the package, installed in an empty folder', () => {
  const folder = join(root, 'an empty folder');
  const program = join(folder, 'node_modules/tandem/bin/tandem.js');
  const tandem = async (node: string, ...args: readonly string[]) => {
    const { stdout, stderr } = await run(node, [program, ...args], { cwd: folder, env });
    // Of Node; Tandem itself warns of the duplicates that were generated.
    expect(stderr).not.toMatch(/^\(node:/m);
    return stdout;
  };

  beforeAll(async () => {
    mkdirSync(folder);
    expect(await npmIn(folder, 'install', tarball)).not.toMatch(/npm (warn|error)/);
  }, 300_000);

  it('shows both doors by npx, and leaves all below data', async () => {
    expect(await npmIn(folder, 'exec', '--', 'tandem', 'demo')).toContain('Do they agree? Yes');
    expect(readdirSync(folder)).toContain('data');
  }, 120_000);

  it.each(NODES)(
    'makes tables with worker threads on Node %s',
    async (name, node) => {
      const [landing, lake] = [`landing ${name}`, `lake ${name}`];
      const places = ['--landing', landing, '--lake', lake];
      await tandem(node, 'generate', '--orders', '20000', '--out', landing);
      const run = ['--workers', '2', '--chunk-bytes', '256KiB', '--json'];
      const { counts } = JSON.parse(await tandem(node, 'batch', ...places, ...run));
      expect(counts.read).toBeGreaterThan(20_000);

      const rows = await tandem(node, 'show', 'orders', '--lake', lake, '--count', '--json');
      expect(JSON.parse(rows)).toMatchObject({ count: counts.active });
      expect(await tandem(node, 'verify', '--lake', lake)).toContain(
        'present, intact and consistent',
      );
      expect(await tandem(node, 'cost', '--orders', '1000')).toContain('$');
    },
    120_000,
  );

  it.each(NODES)('prints its version and no warning on Node %s', async (_, node) => {
    expect(await tandem(node, '--version')).toBe(`${packageJson.version}\n`);
  });

  it('holds what its exports name, and no source that would have to be stripped', () => {
    const installed = join(folder, 'node_modules/tandem');
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
    const named = [packageJson.exports['./cdk'].types, packageJson.exports['./cdk'].default];
    for (const path of named) expect(files).toContain(path.replace('./', ''));
    expect(files.filter((file) => /(?<!\.d)\.ts$/.test(file))).toEqual([]);
    expect(files.filter((file) => /^(test|examples|data)\b/.test(file))).toEqual([]);
  });
});

describe('the example app, with the package installed', () => {
  const folder = join(root, 'app');

  beforeAll(async () => {
    cpSync(join(projectRoot, 'examples/cdk-app'), folder, { recursive: true });
    cpSync(tarball, join(folder, basename(tarball)));
    await npmIn(folder, 'install');
  }, 300_000);

  it('agrees with the types of the package', async () => {
    expect(readFileSync(join(folder, 'tsconfig.json'), 'utf8')).toContain('"skipLibCheck": false');
    await npmIn(folder, 'run', 'build');
  }, 120_000);

  it.each(NODES)(
    'is synthesised on Node %s, with settings beside each function',
    async (_, node) => {
      const out = join(folder, 'cdk.out');
      rmSync(out, { recursive: true, force: true });
      await run(node, ['build/app.js'], { cwd: folder, env: { ...env, CDK_OUTDIR: out } });

      const assets = readdirSync(out).filter((name) => name.startsWith('asset.'));
      const settings = assets
        .filter((name) => readdirSync(join(out, name)).includes('settings.json'))
        .map((name) => JSON.parse(readFileSync(join(out, name, 'settings.json'), 'utf8')));
      expect(settings).toHaveLength(15);
      expect(new Set(settings.map(({ codeVersion }) => codeVersion)).size).toBe(1);
      expect(settings[0].config.aws.stackPrefix).toBe('ShopRevenue');
    },
    120_000,
  );
});
