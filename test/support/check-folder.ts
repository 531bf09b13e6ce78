import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { TEMPORARY_PREFIX } from '../../lib/embedded/check/temporary-lake.ts';
import { runCliHere } from './run-cli.ts';

/** A new folder for each test of `check`, and what tests do in it. */
export interface CheckFolder {
  readonly root: string;
  readonly landing: string;
  /** Writes a file below the root, and returns its path. */
  put(path: string, content: string | Uint8Array): string;
  /** A config whose folders are those of this test. */
  configFile(more?: string): string;
}

/** Makes the folder before each test; after it nothing of a check may be left in the system's. */
export function useCheckFolder(): CheckFolder {
  const folder = { root: '', landing: '', put, configFile };
  let temporary = '';
  function put(path: string, content: string | Uint8Array): string {
    const file = join(folder.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  }
  function configFile(more = ''): string {
    const paths = `paths: {landing: ${folder.landing}, lake: ${join(folder.root, 'lake')}}`;
    return put('tandem.yaml', `${paths}\n${more}`);
  }
  beforeEach(() => {
    folder.root = mkdtempSync(join(tmpdir(), 'tandem-of-check-'));
    folder.landing = join(folder.root, 'landing');
    temporary = join(folder.root, 'tmp');
    mkdirSync(join(folder.landing, 'orders'), { recursive: true });
    mkdirSync(temporary);
    vi.stubEnv('TMPDIR', temporary);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    const left = readdirSync(temporary).filter((name) => name.startsWith(TEMPORARY_PREFIX));
    expect(left).toEqual([]);
    rmSync(folder.root, { recursive: true });
  });
  return folder;
}

/** Runs `check` with these arguments and `--json`. */
export async function checkJson(...args: string[]) {
  const { exitCode, out } = await runCliHere(['check', ...args, '--json']);
  return { exitCode, result: JSON.parse(out) };
}

/** A record as a European spreadsheet has it: three of its values cannot be read. */
export const europeanLine = (id: string) => `${id},c1,p1,15.01.2026 09:05,2,"1.234,50",paid`;

/** Lines with the ids o0, o1, … */
export const linesOf = (count: number, lineOf: (id: string) => string) =>
  Array.from({ length: count }, (_, index) => lineOf(`o${index}`));
