import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const projectRoot = join(import.meta.dirname, '../..');
/** Of everything that emulators install or leave; never in the repository. */
export const cacheRoot = join(projectRoot, '.cache');

const STATE_FILE = join(cacheRoot, 'emulator.json');

/** Two of them are LocalStack: in a container, and as a process of this machine. */
export type EmulatorKind = 'docker' | 'host' | 'ministack';
export type EmulatorName = 'localstack' | 'ministack';

/** What `local:up` has started. */
export interface RunningEmulator {
  readonly kind: EmulatorKind;
  readonly name: EmulatorName;
  readonly port: number;
  /** Of MiniStack, and when it began: a number may come again. */
  readonly process?: { readonly pid: number; readonly startedAt: string };
}

/** Null where none was started, or it was stopped. */
export function readState(): RunningEmulator | null {
  try {
    return JSON.parse(readFileSync(STATE_FILE, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Error(`${STATE_FILE} is unreadable: stop the emulator and remove it`, {
      cause: error,
    });
  }
}

export function writeState(state: RunningEmulator): void {
  prepareCache();
  writeFileSync(STATE_FILE, `${JSON.stringify(state, null, 2)}\n`);
}

export function removeState(): void {
  rmSync(STATE_FILE, { force: true });
}

/**
 * Functions are unpacked below it, and Node looks for the kind of a module in every folder above:
 * without this one it would find the project's own.
 */
export function prepareCache(): void {
  mkdirSync(cacheRoot, { recursive: true });
  writeFileSync(join(cacheRoot, 'package.json'), '{ "type": "commonjs" }\n');
}

export function endpointOf({ port }: Pick<RunningEmulator, 'port'>): string {
  return `http://127.0.0.1:${port}`;
}

/** The one that runs. Throws where none was started. */
export function runningEmulator(): RunningEmulator {
  const state = readState();
  if (state !== null) return state;
  throw new Error('no emulator runs: start one by `npm run local:up -- --ministack` (or --host)');
}

/** What AWS clients, the CDK and functions read: nothing of it reaches AWS. */
export function environmentOf(state: Pick<RunningEmulator, 'port'>): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpointOf(state),
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DEFAULT_ACCOUNT: '000000000000',
    CDK_DEFAULT_REGION: 'us-east-1',
    CDK_DISABLE_CLI_TELEMETRY: '1',
    NO_PROXY: [process.env.NO_PROXY, '127.0.0.1', 'localhost'].filter(Boolean).join(','),
  };
}

/** Before any client is made: whatever the shell says, nothing of this process goes to AWS. */
export function enterEnvironmentOf(state: Pick<RunningEmulator, 'port'>): void {
  Object.assign(process.env, environmentOf(state));
  delete process.env.AWS_PROFILE;
}
