import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  answers,
  assertPortFree,
  run,
  runQuietly,
  SetupError,
  say,
  startTimeOf,
  within,
} from '../processes.ts';
import {
  cacheRoot,
  endpointOf,
  environmentOf,
  projectRoot,
  type RunningEmulator,
} from '../running-emulator.ts';

const VERSION = '1.5.33';
const START_MS_MAX = 60_000;
const STOP_MS_MAX = 10_000;
const PYTHON = 'install Python 3.11 or later with its venv (Debian: python3-venv)';

const root = join(cacheRoot, 'ministack');
const venv = join(root, 'venv');
const constraints = join(projectRoot, 'test/emulator/ministack-constraints.txt');
const log = join(root, 'ministack.log');

/** MiniStack, a Python program; functions run as its children, on this Node. */
export async function upMinistack(port: number): Promise<RunningEmulator> {
  install();
  await assertPortFree(port);
  const temporary = join(root, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const output = openSync(log, 'w');
  const child = spawn(join(venv, 'bin', 'ministack'), [], {
    cwd: root,
    detached: true,
    stdio: ['ignore', output, output],
    env: {
      ...process.env,
      ...environmentOf({ port }),
      // By default it listens on all interfaces.
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: `${port}`,
      TMPDIR: temporary,
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
    },
  });
  const failed = new Promise<Error>((resolve) => child.once('error', resolve));
  child.unref();
  const { pid } = child;
  if (pid === undefined) throw new SetupError(`MiniStack does not start: ${await failed}`);
  const startedAt = startTimeOf(pid) ?? '';
  const state: RunningEmulator = {
    ...{ kind: 'ministack', name: 'ministack', port },
    process: { pid, startedAt },
  };
  const isUp = await within(
    START_MS_MAX,
    () => child.exitCode !== null || answers(`${endpointOf({ port })}/_ministack/health`),
  );
  if (!isUp || child.exitCode !== null) {
    await downMinistack(state);
    const end = readFileSync(log, 'utf8').split('\n').slice(-20).join('\n');
    throw new SetupError(`MiniStack is not up after ${START_MS_MAX} ms; its log ends:\n${end}`);
  }
  say(`MiniStack ${VERSION} runs on port ${port} (pid ${pid})`);
  return state;
}

export async function downMinistack(state: RunningEmulator): Promise<void> {
  if (state.process === undefined) return;
  const { pid, startedAt } = state.process;
  const isRunning = (): boolean => startTimeOf(pid) === startedAt;
  if (!isRunning()) {
    say('MiniStack had ended already');
    return;
  }
  process.kill(pid, 'SIGTERM');
  const isDown = await within(STOP_MS_MAX, () => !isRunning());
  // It leads a group of its own: the functions that it has started.
  killGroup(pid, isDown ? 'SIGTERM' : 'SIGKILL');
  say('MiniStack is stopped');
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function install(): void {
  const wanted = `${VERSION}\n${readFileSync(constraints, 'utf8')}`;
  const mark = join(root, 'installed.txt');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return;
  say(`MiniStack ${VERSION} into ${venv}`);
  mkdirSync(root, { recursive: true });
  rmSync(venv, { recursive: true, force: true });
  const made = runQuietly('python3', ['-m', 'venv', venv], PYTHON);
  if (made.status !== 0) throw new SetupError(`${made.stderr}${made.stdout}${PYTHON}`);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  run(join(venv, 'bin', 'python'), [...pip, '-c', constraints, `ministack==${VERSION}`], {
    advice: 'it comes from the Python package index; see what pip says above',
  });
  writeFileSync(mark, wanted);
}
