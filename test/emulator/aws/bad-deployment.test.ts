import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CDK, DeploymentFolder } from '../deployment.ts';
import { projectRoot } from '../running-emulator.ts';

/** What the plain CLI of the CDK says of a deployment that cannot be, without its stack traces. */
function deployment(aws: object, options: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const folder = new DeploymentFolder('deployed/bad');
  const config = folder.file('tandem.json');
  writeFileSync(config, JSON.stringify({ aws: { stackPrefix: 'TandemBad', ...aws } }));
  const args = folder.cdkArguments(config, [...folder.deployCommand(), ...options]);
  const { stderr, status } = spawnSync(CDK, args, {
    encoding: 'utf8',
    cwd: projectRoot,
    env: { ...process.env, CDK_VALIDATION: 'false', ...env },
  });
  return { stderr, status };
}

it('to an account that nobody bootstrapped says what to run', () => {
  const { stderr, status } = deployment({}, [
    '--context',
    '@aws-cdk/core:bootstrapQualifier=none1',
  ]);
  expect(status).toBe(1);
  expect(stderr).toMatch(/run.*cdk bootstrap/is);
});

it('to another account than the config says names both, and deploys nothing', () => {
  const { stderr, status } = deployment({ account: '123456789012' });
  expect(status).toBe(1);
  expect(stderr).toContain(
    'the credentials are of account 000000000000, but aws.account is 123456789012',
  );
});

it('to an emulator that does not run says how to start one', () => {
  const { stderr, status } = deployment({}, [], { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' });
  expect(status).toBe(1);
  expect(stderr).toContain('no emulator answers at http://127.0.0.1:9; start one');
});
