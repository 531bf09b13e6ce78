import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { downDocker, upDocker } from './kinds/docker.ts';
import { downHost, upHost } from './kinds/host.ts';
import { downMinistack, upMinistack } from './kinds/ministack.ts';
import { answers, SetupError, say } from './processes.ts';
import {
  cacheRoot,
  type EmulatorKind,
  endpointOf,
  enterEnvironmentOf,
  environmentOf,
  prepareCache,
  type RunningEmulator,
  readState,
  removeState,
  runningEmulator,
  writeState,
} from './running-emulator.ts';

const USAGE = `usage:
  npm run local:up                  LocalStack in a container (docker compose)
  npm run local:up -- --host        LocalStack as a process of this machine
  npm run local:up -- --ministack   MiniStack, which is smaller and faster
      --port N                      instead of 4566
  npm run local:down                stops what local:up started
  npm run local:deploy              cdk bootstrap and cdk deploy, on what local:up started
      -- --config FILE              instead of test/emulator/local.yaml
  npm run local:smoke               orders through both doors of what was deployed, and reconcile
  npm run --silent local:env        what AWS clients need, for a shell's eval
`;
const DEFAULT_PORT = 4566;

const KINDS: Readonly<
  Record<
    EmulatorKind,
    {
      readonly up: (port: number) => Promise<RunningEmulator>;
      readonly down: (state: RunningEmulator) => Promise<void>;
      readonly health: string;
    }
  >
> = {
  docker: { up: upDocker, down: downDocker, health: '/_localstack/health' },
  host: { up: upHost, down: downHost, health: '/_localstack/health' },
  ministack: { up: upMinistack, down: downMinistack, health: '/_ministack/health' },
};

class WrongUsage extends Error {}

async function up(kind: EmulatorKind, port: number): Promise<void> {
  const before = readState();
  if (before !== null) {
    if (await answers(endpointOf(before) + KINDS[before.kind].health)) {
      const what = `${before.name} (${before.kind}) runs on port ${before.port}`;
      if (before.kind !== kind || before.port !== port) {
        throw new SetupError(`${what}: stop it first by \`npm run local:down\``);
      }
      say(`${what} already`);
      return;
    }
    await KINDS[before.kind].down(before);
    removeState();
  }
  prepareCache();
  writeState(await KINDS[kind].up(port));
  // Its state was in memory.
  rmSync(join(cacheRoot, 'local'), { recursive: true, force: true });
  say('stop it by `npm run local:down`');
}

async function down(): Promise<void> {
  const state = readState();
  if (state === null) {
    say('no emulator was started');
    return;
  }
  await KINDS[state.kind].down(state);
  removeState();
}

function printEnvironment(): void {
  const lines = Object.entries(environmentOf(runningEmulator()));
  process.stdout.write(lines.map(([name, value]) => `export ${name}='${value}'\n`).join(''));
}

/** The one that runs, for all clients that are made from now on. Throws `SetupError`. */
async function useEmulator(): Promise<void> {
  const state = readState();
  if (state === null) {
    throw new SetupError(
      'no emulator runs: start one by `npm run local:up`, or `npm run local:up -- --ministack`',
    );
  }
  if (!(await answers(endpointOf(state) + KINDS[state.kind].health))) {
    throw new SetupError(
      `${state.name} was started on port ${state.port} and does not answer: ` +
        '`npm run local:down`, then `npm run local:up`',
    );
  }
  enterEnvironmentOf(state);
}

async function deploy(config: string | undefined): Promise<void> {
  await useEmulator();
  const { deployLocally } = await import('./local-deploy.ts');
  await deployLocally(config);
}

async function smoke(): Promise<void> {
  await useEmulator();
  const { smokeLocally } = await import('./local-smoke.ts');
  await smokeLocally();
}

interface Wanted {
  readonly command: string;
  readonly kind: EmulatorKind;
  readonly port: number;
  readonly config: string | undefined;
}

function wanted(): Wanted {
  const { values, positionals } = parse();
  const port = Number(values.port ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new WrongUsage(`--port ${values.port}: expected 1 to 65535`);
  }
  if (values.host && values.ministack) throw new WrongUsage('--host and --ministack: take one');
  const kind = values.host ? 'host' : values.ministack ? 'ministack' : 'docker';
  if (positionals.length !== 1) throw new WrongUsage('one command is needed');
  return { command: positionals[0], kind, port, config: values.config };
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        host: { type: 'boolean' },
        ministack: { type: 'boolean' },
        port: { type: 'string' },
        config: { type: 'string' },
      },
    });
  } catch (error) {
    throw new WrongUsage((error as Error).message);
  }
}

async function main(): Promise<void> {
  const { command, kind, port, config } = wanted();
  if (command === 'up') await up(kind, port);
  else if (command === 'down') await down();
  else if (command === 'env') printEnvironment();
  else if (command === 'deploy') await deploy(config);
  else if (command === 'smoke') await smoke();
  else throw new WrongUsage(`no command ${command}`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Error)) throw error;
  const isUsage = error instanceof WrongUsage;
  process.stderr.write(`${error.message}\n${isUsage ? USAGE : ''}`);
  process.exitCode = isUsage ? 2 : 1;
}
