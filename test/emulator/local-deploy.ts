import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BOOTSTRAP, CDK, DeploymentFolder } from './deployment.ts';
import { run, SetupError, say } from './processes.ts';
import { projectRoot } from './running-emulator.ts';

const DEFAULT_CONFIG = join(projectRoot, 'test/emulator/local.yaml');

/** Somebody's own deployment on the running emulator. */
export const localDeployment = new DeploymentFolder('local');

/**
 * `cdk bootstrap` and `cdk deploy` with what an emulator needs, in the environment of which this
 * process is. Again, it changes nothing. Throws `SetupError`.
 */
export function deployLocally(configFile = DEFAULT_CONFIG): void {
  const config = resolve(configFile);
  if (!existsSync(config)) throw new SetupError(`--config ${configFile}: there is no such file`);
  const advice = 'see above what it says, and the log of the emulator below .cache/';
  const env = { ...process.env, CDK_VALIDATION: 'false' };
  for (const command of [BOOTSTRAP, localDeployment.deployCommand()]) {
    const all = localDeployment.cdkArguments(config, command);
    run(CDK, all, { cwd: projectRoot, env, advice });
  }
  say('deployed; try it by `npm run local:smoke`');
}
