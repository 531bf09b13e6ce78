import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { toCallError } from '../../../lambdas/shared/adapters/aws/aws-errors.ts';
import type { ClientOptions } from '../../../lambdas/shared/adapters/aws/clients.ts';
import { RetryableError, TerminalError } from '../../../lambdas/shared/model/errors.ts';
import type { OutputName, Outputs } from './find-deployment.ts';

/** A function answers within its time limit, 15 minutes at most. */
const ANSWER_MS_MAX = 905_000;
const CONNECT_MS_MAX = 3_000;

export type FunctionOutput = Extract<OutputName, `${string}Function`>;

/** Calls deployed functions and waits for their answers. */
export class DeployedFunctions {
  readonly #outputs: Outputs;
  readonly #client: LambdaClient;

  constructor(outputs: Outputs, client: LambdaClient) {
    this.#outputs = outputs;
    this.#client = client;
  }

  /**
   * Calls a function and waits. When the signal comes it stops waiting, while the function goes on.
   * Throws `TerminalError` with the function's code or `function_failed`, `RetryableError` if a
   * repetition may help.
   */
  async invoke<Answer>(
    output: FunctionOutput,
    event: object,
    abortSignal: AbortSignal,
  ): Promise<Answer> {
    const name = this.#outputs[output];
    const command = new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event) });
    const { FunctionError, Payload } = await this.#client
      .send(command, { abortSignal })
      .catch((error: unknown) => {
        throw toCallError(error, {
          what: `invoke ${output}`,
          resource: `function ${name}`,
          permission: 'lambda:InvokeFunction',
        });
      });
    const text = Payload?.transformToString() ?? 'null';
    if (FunctionError !== undefined) throw failureOf(output, name, text);
    return JSON.parse(text) as Answer;
  }
}

function failureOf(output: string, name: string, text: string): Error {
  const { errorType, errorMessage = text } = JSON.parse(text) as Record<string, string | undefined>;
  const message = `${output} failed: ${errorMessage} (see the log of function ${name})`;
  const isPassing = errorType === 'RetryableError' || /timed out/i.test(errorMessage);
  if (isPassing) return new RetryableError(`${message}; run it again to continue`);
  return new TerminalError('function_failed', message);
}

/** A Lambda client with a single attempt: a call whose answer got lost may still be running. */
export function makeLambdaClient(options: ClientOptions): LambdaClient {
  return new LambdaClient({
    ...options,
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECT_MS_MAX,
      requestTimeout: ANSWER_MS_MAX,
      throwOnRequestTimeout: true,
    }),
  });
}
