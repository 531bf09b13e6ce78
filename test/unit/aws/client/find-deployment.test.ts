import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LOST_CALLS } from '../../../../bin/aws/redrive-lost-calls.ts';
import {
  findDeployment,
  findOutputs,
  NEEDED_OUTPUTS,
  regionOptions,
} from '../../../../lib/aws/client/find-deployment.ts';
import { templatesOf } from '../../../support/aws-stacks.ts';
import {
  bothStacks,
  finderClients,
  queryAnswer,
  queryError,
  stackAnswer,
} from '../../../support/deployed-outputs.ts';
import { broken } from '../../../support/stubbed-aws.ts';

const NO_STACK = queryError('ValidationError', 'Stack with id TandemStorage does not exist');
const ACCOUNT = queryAnswer(
  'GetCallerIdentity',
  '<GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult>',
);

describe('findDeployment', () => {
  it('names everything by the outputs of two stacks', async () => {
    const clients = finderClients(bothStacks());

    const outputs = await findDeployment('Mine', clients);

    expect(outputs).toMatchObject({
      LakeBucket: 'the-LakeBucket',
      DrainFunction: 'the-DrainFunction',
    });
    const asked = clients.aws.requests.map(({ body }) => /StackName=(\w+)/.exec(body)?.[1]);
    expect(asked).toEqual(['MineStorage', 'MinePipelines']);
  });

  it('needs no output that the stacks do not have', () => {
    const { storage, pipelines } = templatesOf();
    expect(Object.keys(storage.findOutputs('*'))).toEqual(
      expect.arrayContaining([...NEEDED_OUTPUTS.Storage]),
    );
    expect(Object.keys(pipelines.findOutputs('*'))).toEqual(
      expect.arrayContaining([...NEEDED_OUTPUTS.Pipelines]),
    );
  });

  it('fails with account, region and what to run where nothing is deployed', async () => {
    await expect(
      findDeployment('Tandem', finderClients([NO_STACK, ACCOUNT])),
    ).rejects.toMatchObject({
      code: 'not_deployed',
      message:
        'no stack TandemStorage in account 123456789012 and region eu-central-1 ' +
        '(aws.stackPrefix is Tandem). Run: npx cdk deploy --all; or set AWS_PROFILE and AWS_REGION ' +
        'to the account and region of the deployment',
    });
  });

  it('fails without the account where nobody says it', async () => {
    const clients = finderClients([NO_STACK, queryError('AccessDenied', 'no', 403)]);
    await expect(findDeployment('Tandem', clients)).rejects.toThrow('in account unknown and');
  });

  it('fails with the command for an emulator that forgot its stacks', async () => {
    const clients = finderClients([NO_STACK], 'http://127.0.0.1:4566');
    await expect(findDeployment('Tandem', clients)).rejects.toMatchObject({
      code: 'not_deployed',
      message: expect.stringContaining('--context emulator=true'),
    });
  });

  it('fails when an output is missing, with the status of the stack', async () => {
    const clients = finderClients(bothStacks('DrainFunction'));
    await expect(findDeployment('Tandem', clients)).rejects.toMatchObject({
      code: 'output_missing',
      message: expect.stringContaining(
        'stack TandemPipelines (UPDATE_COMPLETE) has no output DrainFunction',
      ),
    });
  });

  it.each([
    [
      'the emulator is not running',
      broken('ECONNREFUSED'),
      'http://127.0.0.1:1',
      'emulator_not_running',
      'npm run local:up',
    ],
    [
      'there are no credentials',
      named('CredentialsProviderError'),
      undefined,
      'no_credentials',
      'AWS_PROFILE',
    ],
    ['there is no region', new Error('Region is missing'), undefined, 'no_region', 'AWS_REGION'],
    [
      'it is not allowed',
      queryError('AccessDenied', 'no', 403),
      undefined,
      'access_denied',
      'cloudformation:DescribeStacks',
    ],
    [
      'the credentials have expired',
      queryError('ExpiredToken', 'old', 403),
      undefined,
      'access_denied',
      'credentials',
    ],
  ])('fails when %s', async (_, answer, endpoint, code, advice) => {
    await expect(findDeployment('Tandem', finderClients([answer], endpoint))).rejects.toMatchObject(
      { code, message: expect.stringContaining(advice) },
    );
  });

  it('fails for the moment when AWS cannot be reached', async () => {
    await expect(
      findDeployment('Tandem', finderClients([broken('ENOTFOUND')])),
    ).rejects.toMatchObject({ name: 'RetryableError' });
  });
});

describe('outputs that one command needs', () => {
  const find = (...script: Parameters<typeof finderClients>[0]) =>
    findOutputs('MineCatalogue', ['LostCatalogueCalls'], finderClients(script));

  it('are those of the stack', async () => {
    const { pipelines, catalogue } = templatesOf();
    expect(Object.keys(pipelines.findOutputs('*'))).toEqual(
      expect.arrayContaining([...LOST_CALLS.Pipelines]),
    );
    expect(Object.keys(catalogue?.findOutputs('*') ?? {})).toEqual(
      expect.arrayContaining([...LOST_CALLS.Catalogue]),
    );
    expect(await find(stackAnswer({ LostCatalogueCalls: 'a-url' }))).toEqual(['a-url']);
  });

  it('are null where the stack is not there', async () => {
    const missing = 'Stack with id MineCatalogue does not exist';
    expect(await find(queryError('ValidationError', missing))).toBeNull();
  });

  it('fail where the stack cannot be looked at, or is of an older version', async () => {
    await expect(find(queryError('AccessDenied', 'no', 403))).rejects.toMatchObject({
      code: 'access_denied',
    });
    await expect(find(stackAnswer({}))).rejects.toMatchObject({ code: 'output_missing' });
  });
});

describe('the region', () => {
  beforeEach(() => {
    vi.stubEnv('AWS_REGION', undefined);
    vi.stubEnv('AWS_DEFAULT_REGION', undefined);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('is also taken from AWS_DEFAULT_REGION, which the SDK does not read', () => {
    vi.stubEnv('AWS_DEFAULT_REGION', 'eu-west-3');
    expect(regionOptions()).toEqual({ region: 'eu-west-3' });
  });

  it('is left to the SDK otherwise', () => {
    expect(regionOptions()).toEqual({});
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    vi.stubEnv('AWS_DEFAULT_REGION', 'eu-west-3');
    expect(regionOptions()).toEqual({});
  });
});

function named(name: string): Error {
  return Object.assign(new Error('none was found'), { name });
}
