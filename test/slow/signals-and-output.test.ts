import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCliHere } from '../support/run-cli.ts';
import { StreamFolders } from '../support/stream-folders.ts';

const ENTRY = fileURLToPath(new URL('../../bin/tandem.js', import.meta.url));
/** Writing to it fails as on a full disk. */
const FULL = '/dev/full';
const WAIT_MS = 25_000;
const HAS_FULL = existsSync(FULL);

let folders: StreamFolders;
beforeAll(() => {
  folders = new StreamFolders();
});
afterAll(() => folders.remove());

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function ended(child: ChildProcess): Promise<Ended> {
  let out = '';
  let err = '';
  child.stdout?.on('data', (piece) => {
    out += piece;
  });
  child.stderr?.on('data', (piece) => {
    err += piece;
  });
  return once(child, 'close').then(([code]) => ({ code, out, err }));
}

const start = (args: readonly string[], stdio?: readonly (number | 'pipe' | 'ignore')[]) =>
  spawn(process.execPath, [ENTRY, ...args], { stdio: [...(stdio ?? ['ignore', 'pipe', 'pipe'])] });

describe.runIf(HAS_FULL)('standard output that cannot be written', () => {
  const FULL_TEXT =
    'tandem: cannot write to standard output (ENOSPC: no space left on device); ' +
    'the command itself has finished (output_failed)\n';
  const runInto = (fd: number, ...args: string[]) => ended(start(args, ['ignore', fd, 'pipe']));

  it.each([[[]], [['--json']]])(
    'is one line and exit 1, and the run stays published %j',
    async (more) => {
      const lake = folders.pathOf(`full${more.length}/lake`);
      const landing = folders.pathOf('landing-orders');
      await runCliHere(['generate', '--orders', '20', '--out', landing]);

      const result = await runInto(
        openSync(FULL, 'w'),
        ...['batch', '--landing', landing, '--lake', lake, ...more],
      );

      expect(result.code).toBe(1);
      expect(result.err.replace(/^tandem: warning: .*\n/, '')).toBe(FULL_TEXT);
      expect(readdirSync(join(lake, 'manifests/batch'))).toContain('CURRENT.json');
    },
  );

  it('is one line for help and the version, too', async () => {
    for (const args of [['--help'], ['--version'], ['batch', '--help']]) {
      expect(await runInto(openSync(FULL, 'w'), ...args)).toMatchObject({
        code: 1,
        err: FULL_TEXT,
      });
    }
  });

  it('leaves a failure its own exit code', async () => {
    const result = await runInto(openSync(FULL, 'w'), 'show', 'no such', '--json');

    expect(result.code).toBe(2);
    expect(result.err).toContain('has no table no such');
    expect(result.err).toContain(FULL_TEXT);
  });

  it('and standard error that cannot be written change nothing else', async () => {
    const child = start(['show', 'no such'], ['ignore', 'pipe', openSync(FULL, 'w')]);

    expect(await ended(child)).toMatchObject({ code: 2, out: '' });
  });
});

describe('a signal', () => {
  /** Resolves when standard error has said it. */
  const said = (child: ChildProcess, text: string) =>
    new Promise<void>((resolve) => {
      let err = '';
      child.stderr?.on('data', (piece) => {
        err += piece;
        if (err.includes(text)) resolve();
      });
    });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s ends a command with %i', async (signal, code) => {
    const dir = folders.pathOf(`sent-${signal}`);
    const args = ['produce', folders.pathOf('a.csv'), '--rate', '1', '--stream', dir, '--json'];
    const child = start(args);
    const result = ended(child);
    const isOpen = () => expect(existsSync(join(dir, 'stream.sqlite'))).toBe(true);
    await vi.waitFor(isOpen, WAIT_MS);

    child.kill(signal);

    const { code: exitCode, out } = await result;
    expect(exitCode).toBe(code);
    expect(JSON.parse(out).error.code).toBe('interrupted');
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s ends a stream cleanly: a last epoch, exit 0, no lock and no temporary file',
    async (signal) => {
      const world = `stream-${signal}`;
      const { all, stream } = folders.world(world);
      await runCliHere(['produce', folders.pathOf('a.csv'), ...stream]);
      const child = start(['stream', ...all, '--every', '1s']);
      const result = ended(child);
      await said(child, 'epoch 1: ');

      child.kill(signal);

      const { code, out } = await result;
      expect(code).toBe(0);
      expect(out).toContain('epoch 1 of stream orders');
      const files = readdirSync(folders.pathOf(`${world}/lake`), { recursive: true });
      expect(files.filter((key) => String(key).includes('.tandem-'))).toEqual([]);
    },
  );
});
