import { execFile, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };

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
    expect(err).toContain('tandem needs Node 24, this is 20.1.0. It comes with `npm ci`');
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
    await vi.waitFor(() => expect(existsSync(join(out, '_generated.json'))).toBe(true), 10_000);

    child.kill('SIGINT');

    expect(await exitCode).toBe(130);
    expect(readdirSync(out)).toEqual([]);
  });
});
