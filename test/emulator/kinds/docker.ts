import { run, runQuietly, SetupError, say } from '../processes.ts';
import { projectRoot, type RunningEmulator } from '../running-emulator.ts';

const OTHERS = 'without Docker take `npm run local:up -- --ministack` or `-- --host`';

/** LocalStack in a container, as `docker-compose.yml` has it. */
export async function upDocker(port: number): Promise<RunningEmulator> {
  const found = runQuietly('docker', ['compose', 'version'], `install Docker; ${OTHERS}`);
  if (found.status !== 0) throw new SetupError(`docker has no compose: install it; ${OTHERS}`);
  const daemon = runQuietly('docker', ['info', '--format', '{{.ServerVersion}}'], OTHERS);
  if (daemon.status !== 0) throw new SetupError(`Docker does not run: start it; ${OTHERS}`);
  compose(port, ['up', '--detach', '--wait']);
  say(`LocalStack runs in a container on port ${port}`);
  return { kind: 'docker', name: 'localstack', port };
}

export async function downDocker({ port }: RunningEmulator): Promise<void> {
  compose(port, ['down', '--volumes', '--remove-orphans']);
}

function compose(port: number, args: readonly string[]): void {
  run('docker', ['compose', ...args], {
    cwd: projectRoot,
    env: { ...process.env, TANDEM_EMULATOR_PORT: `${port}` },
    advice: 'see what docker compose says above',
  });
}
