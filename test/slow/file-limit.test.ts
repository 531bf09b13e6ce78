import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../support/source-files.ts';

/** A process that may not write large files (`ulimit -f`), as on a disk that becomes full. */

const ENTRY = join(projectRoot, 'bin/tandem.js');

const LIMIT_MS = 120_000;

let dir: string;
let landing: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tandem-limit-'));
  landing = join(dir, 'landing');
  await run('unlimited', ['generate', '--orders', '60000', '--out', landing]);
}, LIMIT_MS);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function run(blocks: string, args: readonly string[]) {
  const script = `ulimit -f ${blocks}; exec "$0" "$@"`;
  return new Promise<{ exitCode: number; err: string }>((resolve) => {
    execFile('sh', ['-c', script, process.execPath, ENTRY, ...args], (error, _out, err) => {
      resolve({ exitCode: error === null ? 0 : Number(error.code), err });
    });
  });
}

describe.skipIf(process.platform === 'win32')('a batch that may not write large files', () => {
  it.each([
    ['in one thread', ['--workers', '1']],
    ['in two threads', ['--workers', '2', '--chunk-bytes', '200000']],
  ])(
    'leaves the lake as it was, and says which file could not be written, %s',
    async (_, more) => {
      const lake = join(dir, `lake${more.length}`);
      const batch = ['batch', '--landing', landing, '--lake', lake, ...more];
      await run('unlimited', batch);
      const before = readdirSync(lake, { recursive: true }).sort();

      for (let attempt = 0; attempt < 3; attempt++) {
        const { exitCode, err } = await run('16', batch);

        expect(exitCode).toBe(1);
        expect(err).toMatch(
          /^tandem: tables\/.*: the file would exceed .*\(EFBIG\) \(storage_error\)\n$/,
        );
        expect(readdirSync(lake, { recursive: true }).sort()).toEqual(before);
      }
    },
    LIMIT_MS,
  );
});
