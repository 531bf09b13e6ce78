import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { FunctionQuota, UnreservedFunctions } from '../../ports/function-quota.ts';
import { saidBy, troubleOf } from './aws-errors.ts';
import type { ClientOptions } from './clients.ts';

const CONNECT_MS_MAX = 3_000;
const ANSWER_MS_MAX = 5_000;
const ATTEMPTS_MAX = 3;

/** The concurrency quota of the account and region, from Lambda's `GetAccountSettings`. */
export class LambdaQuota implements FunctionQuota {
  readonly #client: Pick<LambdaClient, 'send'>;

  constructor(client: Pick<LambdaClient, 'send'>) {
    this.#client = client;
  }

  /**
   * Answers `unknown` on any error of AWS, such as a missing permission, and on an emulator without
   * quotas.
   */
  async unreserved(): Promise<UnreservedFunctions> {
    try {
      const { AccountLimit } = await this.#client.send(new GetAccountSettingsCommand({}));
      const functions = AccountLimit?.UnreservedConcurrentExecutions;
      if (functions !== undefined) return { status: 'known', functions };
      return { status: 'unknown', reason: 'the response has no UnreservedConcurrentExecutions' };
    } catch (error) {
      if (!(error instanceof Error) || troubleOf(error) === 'none_of_aws') throw error;
      return { status: 'unknown', reason: `lambda:GetAccountSettings: ${saidBy(error)}` };
    }
  }
}

/**
 * A quota client that gives up early (3 s to connect, 5 s per answer, 3 attempts): callers can do
 * without the quota.
 */
export function makeLambdaQuota(options: ClientOptions = {}): LambdaQuota {
  const client = new LambdaClient({
    ...options,
    maxAttempts: ATTEMPTS_MAX,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECT_MS_MAX,
      requestTimeout: ANSWER_MS_MAX,
      throwOnRequestTimeout: true,
    }),
  });
  return new LambdaQuota(client);
}
