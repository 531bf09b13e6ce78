import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../lambdas/shared/model/config.ts';
import { assertEmulator, environmentOf } from '../../lib/aws/deployment.ts';
import { projectRoot } from '../support/source-files.ts';

const HERE = { CDK_DEFAULT_ACCOUNT: '111111111111', CDK_DEFAULT_REGION: 'eu-central-1' };

function configOf(aws: object) {
  return parseConfig({ aws });
}

describe('a deployment', () => {
  it('goes to the account and region of the credentials', () => {
    const env = { account: '111111111111', region: 'eu-central-1' };
    expect(environmentOf(configOf({}), HERE)).toEqual({ env });
    expect(environmentOf(configOf({ ...env }), HERE)).toEqual({ env });
  });

  it('is synthesized without any credentials', () => {
    expect(environmentOf(configOf({ account: '222222222222' }), {})).toEqual({});
  });

  it.each([
    [{ account: '222222222222' }, 'credentials are of account 111111111111, but aws.account is 2'],
    [{ region: 'us-east-1' }, 'the region is eu-central-1, but aws.region is us-east-1; set AWS_'],
  ])('does not go elsewhere than the config says: %j', (aws, message) => {
    expect(() => environmentOf(configOf(aws), HERE)).toThrow(message);
  });

  it.each([
    [
      '--context emulator=true',
      {},
      '--context emulator=true without AWS_ENDPOINT_URL would deploy to AWS',
    ],
    [
      'an emulator that was stopped',
      { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
      'no emulator answ',
    ],
  ])('to %s says what to start', async (_name, environment, message) => {
    await expect(assertEmulator(environment)).rejects.toThrow(message);
  });

  it('goes to an emulator that answers, whatever it says', async () => {
    const server = createServer((_, response) => response.writeHead(500).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await assertEmulator({ AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` });
    server.close();
  });

  it.each([
    [
      { config: '/none.yaml' },
      'tandem: config file /none.yaml does not exist (config_not_found)\n',
    ],
    [
      { emulator: 'maybe' },
      'tandem: --context emulator=maybe; allowed: true, false (context_invalid)\n',
    ],
  ])('says in one line what is wrong with %j', (context, line) => {
    const { stderr, status } = spawnSync(process.execPath, [join(projectRoot, 'bin/app.ts')], {
      encoding: 'utf8',
      env: { ...process.env, CDK_CONTEXT_JSON: JSON.stringify(context) },
    });
    expect(stderr).toBe(line);
    expect(status).toBe(2);
  });
});
