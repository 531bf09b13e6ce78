import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProcessUsage } from './statistics.ts';

const PROJECT_DIR = fileURLToPath(new URL('../../..', import.meta.url));
const HOOK_URL = new URL('./usage-hook.mjs', import.meta.url).href;
/** A run that takes longer hangs. */
const TIMEOUT_MS = 60 * 60_000;

export interface MeasuredRun {
  readonly usage: ProcessUsage;
  /** The JSON that the process printed on stdout, null where it printed none. */
  readonly output: unknown;
}

/**
 * Runs `node <args>` in the project's folder as a process of its own and measures it as a whole:
 * start of Node, worker threads and native threads included. Throws when it does not end with 0.
 */
export async function measureProcess(args: readonly string[]): Promise<MeasuredRun> {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-bench-'));
  const usageFile = join(folder, 'usage.json');
  try {
    const startedAt = process.hrtime.bigint();
    const stdout = await runNode(['--import', HOOK_URL, ...args], usageFile);
    const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
    const usage = JSON.parse(readFileSync(usageFile, 'utf8')) as Omit<ProcessUsage, 'seconds'>;
    return { usage: { seconds, ...usage }, output: parseOutput(stdout) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Programs that print text for people (help) have no output that could be compared. */
function parseOutput(stdout: string): unknown {
  return stdout.startsWith('{') ? JSON.parse(stdout) : null;
}

function runNode(args: readonly string[], usageFile: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: PROJECT_DIR,
      env: { ...process.env, TANDEM_BENCH_USAGE: usageFile },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT_MS,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-4000);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(stdout);
      else reject(new Error(`node ${args.join(' ')} ended with ${code ?? signal}: ${stderr}`));
    });
  });
}
