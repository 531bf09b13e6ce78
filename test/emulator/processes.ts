import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';

/** Something that the user has to mend; the message says how. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}

export function say(text: string): void {
  process.stdout.write(`==> ${text}\n`);
}

/** Throws `SetupError` where there is no such program, with the advice. */
export function runQuietly(
  program: string,
  args: readonly string[],
  advice: string,
): SpawnSyncReturns<string> {
  const result = spawnSync(program, args, { encoding: 'utf8' });
  if (result.error !== undefined) {
    throw new SetupError(`${program} cannot be run (${result.error.message}): ${advice}`);
  }
  return result;
}

/** With its output on the terminal. Throws `SetupError` unless it ends with 0. */
export function run(
  program: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string; readonly advice: string },
): void {
  const { advice, ...rest } = options;
  const { error, status } = spawnSync(program, args, { stdio: 'inherit', ...rest });
  if (error !== undefined) {
    throw new SetupError(`${program} cannot be run (${error.message}): ${advice}`);
  }
  if (status !== 0) {
    throw new SetupError(`${program} ${args[0]} ended with ${status}: ${advice}`);
  }
}

/**
 * With its output in a file, to which it is added; each line is told as it comes. Throws
 * `SetupError` unless it ends with 0.
 */
export async function runLogged(
  program: string,
  args: readonly string[],
  options: {
    readonly env?: NodeJS.ProcessEnv;
    readonly cwd?: string;
    readonly advice: string;
    readonly logFile: string;
    readonly onLine: (line: string) => void;
  },
): Promise<void> {
  const { advice, logFile, onLine, ...rest } = options;
  const child = spawn(program, args, { stdio: ['inherit', 'pipe', 'pipe'], ...rest });
  const listen = async (output: NodeJS.ReadableStream) => {
    for await (const line of createInterface({ input: output })) {
      appendFileSync(logFile, `${line}\n`);
      onLine(stripVTControlCharacters(line));
    }
  };
  const ended = once(child, 'close');
  const [[status]] = await Promise.all([ended, listen(child.stdout), listen(child.stderr)]).catch(
    (error: Error) => {
      throw new SetupError(`${program} cannot be run (${error.message}): ${advice}`);
    },
  );
  if (status !== 0) {
    throw new SetupError(`${program} ${args[0]} ended with ${status}: ${advice}`);
  }
}

/** When a process began; null where there is none. Tells it from a later one of its number. */
export function startTimeOf(pid: number): string | null {
  if (existsSync('/proc/self/stat')) return startTimeOfProc(pid);
  const { stdout, status } = spawnSync('ps', ['-o', 'lstart=', '-p', `${pid}`], {
    encoding: 'utf8',
  });
  return status === 0 && stdout.trim() !== '' ? stdout.trim() : null;
}

/** Linux, where small images have no `ps`: the 22nd field ("proc_pid_stat(5)"). */
function startTimeOfProc(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? null : fields[18];
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
}

/** Throws `SetupError` where somebody else listens there. */
export async function assertPortFree(port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) =>
      reject(new SetupError(`port ${port} is taken (${error.message}): choose one with --port`)),
    );
    server.listen(port, '127.0.0.1', () => server.close(() => resolve()));
  });
}

/** Asks every 100 ms; false when it is not so in time. */
export async function within(
  timeoutMs: number,
  isSo: () => boolean | Promise<boolean>,
): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < timeoutMs; waitedMs += 100) {
    if (await isSo()) return true;
    await wait(100);
  }
  return isSo();
}

export async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    // Not there yet, or not any more.
    return false;
  }
}
