import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { BatchExecutions } from '../../../../lib/aws/client/batch-executions.ts';
import { DeployedFunctions } from '../../../../lib/aws/client/deployed-functions.ts';
import type { Outputs } from '../../../../lib/aws/client/find-deployment.ts';
import { json, jsonError, type Script, StubbedAws } from '../../../support/stubbed-aws.ts';

const signal = new AbortController().signal;

function functions(...script: Script) {
  const aws = new StubbedAws(script);
  const outputs = { DrainFunction: 'the-drain' } as unknown as Outputs;
  return { aws, deployed: new DeployedFunctions(outputs, new LambdaClient(aws.config)) };
}

const failed = (answer: object) => json(answer, { 'x-amz-function-error': 'Unhandled' });

describe('DeployedFunctions', () => {
  it('answers what the function answers', async () => {
    const { aws, deployed } = functions(json({ drainedTo: null }));

    const answer = await deployed.invoke('DrainFunction', { isReplan: true }, signal);

    expect(answer).toEqual({ drainedTo: null });
    expect(aws.requests[0]).toMatchObject({
      path: '/2015-03-31/functions/the-drain/invocations',
      body: '{"isReplan":true}',
    });
  });

  it.each([
    [
      'TerminalError',
      'state is damaged',
      'TerminalError',
      'DrainFunction failed: state is damaged',
    ],
    ['RetryableError', 'a throttle', 'RetryableError', 'run it again to continue'],
    ['Sandbox.Timedout', 'Task timed out after 900 s', 'RetryableError', 'run it again'],
  ])('fails as the function did: %s', async (errorType, errorMessage, name, message) => {
    const { deployed } = functions(failed({ errorType, errorMessage }));
    await expect(deployed.invoke('DrainFunction', {}, signal)).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message),
    });
  });

  it('fails with the permission that is missing', async () => {
    const { deployed } = functions(jsonError('AccessDeniedException', {}, 403));
    await expect(deployed.invoke('DrainFunction', {}, signal)).rejects.toMatchObject({
      code: 'access_denied',
      message: expect.stringContaining('allow lambda:InvokeFunction on function the-drain'),
    });
  });
});

const MACHINE = 'arn:aws:states:eu-central-1:123456789012:stateMachine:Tandem-batch';

function executions(...script: Script) {
  const aws = new StubbedAws(script);
  return { aws, runs: new BatchExecutions(MACHINE, new SFNClient(aws.config)) };
}

describe('BatchExecutions', () => {
  it('lists the newest first, in whatever order they come', async () => {
    const { runs } = executions(
      json({
        executions: [
          { name: 'a', status: 'SUCCEEDED', startDate: 10, stopDate: 12.5 },
          { name: 'b', status: 'RUNNING', startDate: 20 },
        ],
      }),
    );
    expect(await runs.latest(5)).toEqual([
      { runId: 'b', status: 'RUNNING', startedAtMs: 20_000, stoppedAtMs: null },
      { runId: 'a', status: 'SUCCEEDED', startedAtMs: 10_000, stoppedAtMs: 12_500 },
    ]);
  });

  it('finds a run by its id, which is its name', async () => {
    const found = json({ status: 'FAILED', startDate: 10, stopDate: 11 });
    const { aws, runs } = executions(found, jsonError('ExecutionDoesNotExist'));

    expect(await runs.find('a')).toMatchObject({ runId: 'a', status: 'FAILED' });
    expect(await runs.find('b')).toBeNull();

    const executionArn = `${MACHINE.replace('stateMachine', 'execution')}:a`;
    expect(JSON.parse(aws.requests[0].body)).toEqual({ executionArn });
  });

  it('fails with the permission that is missing', async () => {
    const { runs } = executions(jsonError('AccessDeniedException'));
    await expect(runs.latest(1)).rejects.toThrow('allow states:ListExecutions on state machine');
  });
});
