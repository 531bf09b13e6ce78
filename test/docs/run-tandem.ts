import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../support/source-files.ts';

const run = promisify(execFile);
const LINKED = ['config', 'data/sample', 'data/shop-export', 'data/complete-journey'];
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

/**
 * A folder that looks like the checkout to a command that reads config and data, with a `data` of
 * its own.
 */
export function makeCheckout(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-docs-'));
  mkdirSync(join(folder, 'data'));
  for (const name of LINKED) symlinkSync(join(projectRoot, name), join(folder, name));
  return folder;
}

/**
 * Runs `tandem` in a folder and returns what it prints on stdout; fails when it does not exit with
 * 0.
 */
export async function runTandem(folder: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [join(projectRoot, 'bin/tandem.js'), ...args], {
    cwd: folder,
    maxBuffer: OUTPUT_BYTES_MAX,
  });
  return stdout;
}

/** The same with `--json`. */
export async function runTandemJson(folder: string, args: readonly string[]): Promise<unknown> {
  return JSON.parse(await runTandem(folder, [...args, '--json']));
}
