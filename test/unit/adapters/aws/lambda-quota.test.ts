import { describe, expect, it } from 'vitest';
import { LambdaQuota } from '../../../../lambdas/shared/adapters/aws/lambda-quota.ts';

function quotaThat(answer: () => unknown): LambdaQuota {
  return new LambdaQuota({ send: (async () => answer()) as never });
}

function refusal(name: string, httpStatusCode: number) {
  return Object.assign(new Error('no such thing'), { name, $metadata: { httpStatusCode } });
}

describe('LambdaQuota', () => {
  it('tells what no function has reserved', async () => {
    const AccountLimit = { ConcurrentExecutions: 1_000, UnreservedConcurrentExecutions: 900 };

    const quota = quotaThat(() => ({ AccountLimit }));

    expect(await quota.unreserved()).toEqual({ status: 'known', functions: 900 });
  });

  it.each([
    ['is denied', 'AccessDeniedException', 403],
    ['is not known to an emulator', 'UnknownOperationException', 404],
    ['is not implemented by an emulator', 'InternalFailure', 501],
    ['is throttled', 'TooManyRequestsException', 429],
  ])('is unknown, with the reason, where the call %s', async (_what, name, status) => {
    const quota = quotaThat(() => {
      throw refusal(name, status);
    });

    const reason = `lambda:GetAccountSettings: ${name}: no such thing`;
    expect(await quota.unreserved()).toEqual({ status: 'unknown', reason });
  });

  it('is unknown where the answer lacks it', async () => {
    expect(await quotaThat(() => ({})).unreserved()).toMatchObject({ status: 'unknown' });
  });

  it('fails when the error is none of AWS: it is a bug', async () => {
    const quota = quotaThat(() => {
      throw new TypeError('x is not a function');
    });

    await expect(quota.unreserved()).rejects.toThrow('x is not a function');
  });
});
