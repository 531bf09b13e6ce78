import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { BOOTSTRAP, CDK, type Deployed, DeploymentFolder } from '../deployment.ts';
import { projectRoot } from '../running-emulator.ts';

const run = promisify(execFile);

/**
 * Another prefix than anybody's own deployment on the same emulator has. Chunks of less than a
 * line, so that some begin inside quotes; runs as soon as may be.
 */
const CONFIG = `
aws:
  stackPrefix: TandemTest
  batchWindow: 1s
batch:
  chunkBytes: 200B
  quietFor: 3s
  minInterval: 0s
`;

const folder = new DeploymentFolder('deployed');

/** Where this deployment's config, templates and outputs are. */
export const place = (name: string): string => folder.file(name);

/** Runs the plain CLI of the CDK; answers what it said. */
export async function cdk(...command: readonly string[]): Promise<string> {
  const config = folder.file('tandem.yaml');
  writeFileSync(config, CONFIG);
  const { stdout, stderr } = await run(CDK, folder.cdkArguments(config, command), {
    cwd: projectRoot,
    env: { ...process.env, CDK_VALIDATION: 'false' },
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout + stderr;
}

/** Deploys all stacks that an emulator gets. Again, it changes nothing. */
export async function deploy(): Promise<Deployed> {
  await cdk(...BOOTSTRAP);
  await redeploy();
  return folder.open();
}

export async function redeploy(): Promise<string> {
  return await cdk(...folder.deployCommand());
}
