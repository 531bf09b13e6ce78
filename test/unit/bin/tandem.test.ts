import { execFile, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { eventually } from '../../support/eventually.ts';

const ENTRY = fileURLToPath(new URL('../../../bin/tandem.js', import.meta.url));
/** Makes this Node look like an older one to the entry file. */
const AS_NODE_20 = `--import=data:text/javascript,${encodeURIComponent(
  'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.1.0" } })',
)}`;

const run = (args: readonly string[]) =>
  new Promise<{ exitCode: number; out: string; err: string }>((resolve) => {
    execFile(process.execPath, args, (error, out, err) => {
      resolve({ exitCode: error === null ? 0 : Number(error.code), out, err });
    });
  });

describe('bin/tandem.js', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'tandem-bin-'));
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  it('prints what was asked for and no warning', async () => {
    const { version } = packageJson;
    expect(await run([ENTRY, '--version'])).toEqual({ exitCode: 0, out: `${version}\n`, err: '' });
  });

  it('tells nobody of what an early Node 24 calls experimental, but of other warnings', async () => {
    const warn = `setImmediate(() => {
      process.emitWarning('SQLite is an experimental feature', 'ExperimentalWarning');
      process.emitWarning('something else');
    })`;
    const preload = `--import=data:text/javascript,${encodeURIComponent(warn)}`;
    const { err } = await run([preload, ENTRY, '--version']);
    expect(err).toContain('something else');
    expect(err).not.toContain('experimental');
  });

  it('passes arguments and exit code through to a Node 24 when started on an older one', async () => {
    const { exitCode, out } = await run([AS_NODE_20, ENTRY, 'show', 'no such', '--json']);
    expect(exitCode).toBe(2);
    expect(out).toContain('"code":"table_unknown"');
  });

  it('says what to install where there is no Node 24', async () => {
    copyFileSync(ENTRY, join(dir, 'tandem.js'));
    writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
    const { exitCode, out, err } = await run([AS_NODE_20, join(dir, 'tandem.js'), '--version']);
    expect([exitCode, out]).toEqual([1, '']);
    expect(err).toContain(
      'tandem needs Node 24, but this is 20.1.0. Run `npm ci` or `npm install`',
    );
  });

  it.each([
    ['directly', []],
    ['from an older Node', [AS_NODE_20]],
  ])('ends with 130 on ctrl-C and leaves nothing half written, started %s', async (_, nodeArgs) => {
    const out = join(dir, `interrupted-${nodeArgs.length}`);
    const child = spawn(process.execPath, [
      ...nodeArgs,
      ENTRY,
      ...['generate', '--orders', '50000000', '--out', out],
    ]);
    const exitCode = new Promise((resolve) => child.on('exit', resolve));
    await eventually(() => existsSync(join(out, '_generated.json')));

    child.kill('SIGINT');

    expect(await exitCode).toBe(130);
    expect(readdirSync(out)).toEqual([]);
  });

  it('ends with an older Node that started it and was killed', async () => {
    const out = join(dir, 'orphan');
    const args = ['generate', '--orders', '50000000', '--out', out];
    const child = spawn(process.execPath, [AS_NODE_20, ENTRY, ...args]);
    // Both hold the pipe, so it is closed when both are gone.
    const closed = new Promise((resolve) => child.on('close', (_, signal) => resolve(signal)));
    await eventually(() => existsSync(join(out, '_generated.json')));

    child.kill('SIGKILL');

    expect(await closed).toBe('SIGKILL');
  });

  it('publishes nothing and removes its work when a batch is interrupted', async () => {
    const landing = join(dir, 'landing');
    const lake = join(dir, 'lake');
    await run([ENTRY, 'generate', '--orders', '1300000', '--out', landing]);
    const args = ['batch', '--landing', landing, '--lake', lake, '--workers', '2', '--json'];
    const child = spawn(process.execPath, [ENTRY, ...args]);
    let out = '';
    child.stdout.on('data', (piece) => {
      out += piece;
    });
    const exitCode = new Promise((resolve) => child.on('close', resolve));
    await eventually(() => existsSync(join(lake, 'state')));

    child.kill('SIGINT');

    expect(await exitCode).toBe(130);
    expect(JSON.parse(out).error.code).toBe('interrupted');
    expect(readdirSync(lake)).toEqual([]);
  });

  describe('show', () => {
    let lake: string;
    beforeAll(async () => {
      const landing = join(dir, 'show-landing');
      lake = join(dir, 'show-lake');
      await run([ENTRY, 'generate', '--orders', '20000', '--out', landing]);
      await run([ENTRY, 'batch', '--landing', landing, '--lake', lake]);
    });
    const FORMATS = [['--json'], ['--format', 'csv'], ['--limit', '1000000']];
    const shown = (format: readonly string[]) => {
      const child = spawn(process.execPath, [ENTRY, 'show', 'orders', '--lake', lake, ...format]);
      let err = '';
      child.stderr.on('data', (piece) => {
        err += piece;
      });
      const ended = new Promise((resolve) => child.on('exit', (code) => resolve([code, err])));
      return { child, ended };
    };

    it.each(FORMATS)('ends quietly when its reader goes away: %s %s', async (...format) => {
      const { child, ended } = shown(format);

      child.stdout.once('data', () => child.stdout.destroy());

      expect(await ended).toEqual([0, '']);
    });

    it.each(FORMATS)('hears SIGTERM while nobody reads on: %s %s', async (...format) => {
      const { child, ended } = shown(format);
      await new Promise((resolve) => child.stdout.once('readable', resolve));

      child.kill('SIGTERM');

      expect(await ended).toEqual([
        143,
        'tandem: interrupted; no partial results are left (interrupted)\n',
      ]);
    });
  });
});
