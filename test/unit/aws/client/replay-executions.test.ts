import { SFNClient } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { ReplayExecutions } from '../../../../lib/aws/client/replay-executions.ts';
import { VirtualClock } from '../../../support/memory/virtual-clock.ts';
import { json, jsonError, type Script, StubbedAws } from '../../../support/stubbed-aws.ts';

const MACHINE = 'arn:aws:states:eu-central-1:123456789012:stateMachine:Tandem-replay';
const REQUEST = { consumer: 'week', from: 'raw', since: null } as const;

function replays(...script: Script) {
  const aws = new StubbedAws(script);
  return { aws, executions: new ReplayExecutions(MACHINE, new SFNClient(aws.config)) };
}

function listed(...executions: readonly (readonly [string, string])[]) {
  return { executions: executions.map(([name, status]) => ({ name, status, startDate: 1 })) };
}

const follow = (signal = new AbortController().signal) => {
  return { clock: new VirtualClock(), pollMs: 0, signal };
};

describe('a replay on AWS', () => {
  it('is begun under the next number, over all pages, and not by that of another name', async () => {
    const { aws, executions } = replays(
      json({ ...listed(['week-2', 'SUCCEEDED'], ['week-2-7', 'RUNNING']), nextToken: 'more' }),
      json(listed(['week-1', 'FAILED'], ['weeks-9', 'SUCCEEDED'])),
      json({ executionArn: 'arn', startDate: 1 }),
    );

    expect(await executions.begin(REQUEST)).toEqual({ name: 'week-3', isNew: true });

    const { name, input } = JSON.parse(aws.requests[2].body);
    expect([name, JSON.parse(input)]).toEqual(['week-3', REQUEST]);
  });

  it('is the one that is under way, or that somebody began at the same time', async () => {
    const { executions } = replays(
      json(listed(['week-1', 'RUNNING'])),
      json(listed()),
      jsonError('ExecutionAlreadyExists'),
    );

    expect(await executions.begin(REQUEST)).toEqual({ name: 'week-1', isNew: false });
    expect(await executions.begin(REQUEST)).toEqual({ name: 'week-1', isNew: false });
  });

  it('is followed until it ends', async () => {
    const output = { status: 'done', records: 5, epochs: 1 };
    const { executions } = replays(
      json({ status: 'RUNNING', startDate: 1 }),
      json({ status: 'SUCCEEDED', startDate: 1, output: JSON.stringify(output) }),
    );

    expect(await executions.follow('week-1', follow())).toEqual(output);
  });

  it('that failed says why, and what to do', async () => {
    const cause = JSON.stringify({ errorType: 'TerminalError', errorMessage: 'x is missing' });
    const { executions } = replays(
      json({ status: 'FAILED', startDate: 1, error: 'TerminalError', cause }),
      json({ status: 'FAILED', startDate: 1, error: 'States.Runtime', cause: 'no such path' }),
      json({ status: 'ABORTED', startDate: 1 }),
    );
    const said = async () => await executions.follow('week-1', follow()).catch((e: Error) => e);

    expect(await said()).toMatchObject({
      code: 'replay_failed',
      message: 'replay week-1 failed: x is missing; fix that and run it again to continue',
    });
    expect(await said()).toMatchObject({ message: expect.stringContaining('no such path') });
    expect(await said()).toMatchObject({ message: expect.stringContaining('it aborted') });
  });

  it('goes on when nobody waits for it any more', async () => {
    const { executions } = replays(json({ status: 'RUNNING', startDate: 1 }));
    const signal = AbortSignal.abort(new Error('ctrl-C'));

    await expect(executions.follow('week-1', follow(signal))).rejects.toThrow('ctrl-C');
  });

  it('fails with the permission that is missing', async () => {
    const { executions } = replays(jsonError('AccessDeniedException'));
    await expect(executions.begin(REQUEST)).rejects.toThrow('allow states:ListExecutions');
  });
});
