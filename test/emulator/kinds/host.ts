import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run, say } from '../processes.ts';
import { cacheRoot, projectRoot, type RunningEmulator } from '../running-emulator.ts';

const TOOL = join(projectRoot, 'test/emulator/localstack-host/localstack_host.py');
const ADVICE = 'see above; docs/localstack.md says what it needs (Python 3.11, Java 17, Maven)';

/** LocalStack as a process of this machine; functions run as its children, on this Node. */
export async function upHost(port: number): Promise<RunningEmulator> {
  say('LocalStack as a process: the first time it installs 600 MB, that takes minutes');
  tool('setup', []);
  tool('start', ['--port', `${port}`]);
  return { kind: 'host', name: 'localstack', port };
}

export async function downHost(): Promise<void> {
  tool('stop', []);
}

function tool(command: string, args: readonly string[]): void {
  const temporary = join(cacheRoot, 'localstack-host', 'tmp');
  mkdirSync(temporary, { recursive: true });
  run('python3', [TOOL, command, '--cache', join(cacheRoot, 'localstack-host'), ...args], {
    env: {
      ...process.env,
      TMPDIR: temporary,
      LAMBDA_PROCESS_NODE: process.execPath,
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
    },
    advice: ADVICE,
  });
}
