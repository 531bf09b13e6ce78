import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { SystemClock } from '../../lambdas/shared/runtime/clock.ts';
import { deployedText, progressOf } from './deploy-screen.ts';
import { BOOTSTRAP, CDK, DeploymentFolder } from './deployment.ts';
import { runLogged, SetupError, say } from './processes.ts';
import { projectRoot } from './running-emulator.ts';

const DEFAULT_CONFIG = join(projectRoot, 'test/emulator/local.yaml');

const NEXT = [
  'npm run local:smoke                       a thousand orders through both doors',
  'eval "$(npm run --silent local:env)"      for the commands below',
  'npx tandem upload data/sample --wait      files through the batch door',
  'npx tandem status --target aws            what is there, and what is wrong',
  'npm run local:down                        stops the emulator; all is gone then',
];

/** Somebody's own deployment on the running emulator. */
export const localDeployment = new DeploymentFolder('local');

/**
 * `cdk bootstrap` and `cdk deploy` with what an emulator needs, in the environment of which this
 * process is. Again, it changes nothing. What they print goes to a file, and to the screen where
 * one fails. Throws `SetupError`.
 */
export async function deployLocally(configFile = DEFAULT_CONFIG): Promise<void> {
  const config = resolve(configFile);
  if (!existsSync(config)) throw new SetupError(`--config ${configFile}: there is no such file`);
  const logFile = localDeployment.file('deploy.log');
  const outputsFile = localDeployment.file('outputs.json');
  rmSync(logFile, { force: true });
  const log = relative(projectRoot, logFile);
  const advice = 'above is what it says; the log of the emulator lies below .cache/';
  const env = { ...process.env, CDK_VALIDATION: 'false' };
  say(`deploying to ${process.env.AWS_ENDPOINT_URL}; all that the CDK says: ${log}`);
  for (const command of [BOOTSTRAP, localDeployment.deployCommand()]) {
    const since = stopwatch();
    const all = localDeployment.cdkArguments(config, command);
    const onLine = (line: string) => {
      const progress = progressOf(line);
      if (progress !== null) say(`${progress} (${since()})`);
    };
    try {
      await runLogged(CDK, all, { cwd: projectRoot, env, advice, logFile, onLine });
    } catch (error) {
      if (existsSync(logFile)) process.stderr.write(readFileSync(logFile));
      throw error;
    }
    say(`cdk ${command[0]} is done (${since()})`);
  }
  process.stdout.write(`\n${deployedText(JSON.parse(readFileSync(outputsFile, 'utf8')), NEXT)}`);
}

function stopwatch(): () => string {
  const clock = new SystemClock();
  const startedAtMs = clock.now();
  return () => `${((clock.now() - startedAtMs) / 1_000).toFixed(1)} s`;
}
