import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { RetryableError, TerminalError } from '../../model/errors.ts';
import type { ShardPublisher } from '../../ports/shard-publisher.ts';

/** A function answers within its time limit, 15 minutes at most. */
const ANSWER_MS_MAX = 905_000;

/** Publishes each shard by an invocation of its own function. */
export class LambdaShardPublisher implements ShardPublisher {
  readonly #functionName: string;
  /** A call that failed is repeated by the next run of the publisher. */
  readonly #client = new LambdaClient({
    maxAttempts: 2,
    requestHandler: new NodeHttpHandler({ requestTimeout: ANSWER_MS_MAX }),
  });

  constructor(functionName: string) {
    this.#functionName = functionName;
  }

  async publish(shard: { readonly planKey: string; readonly shardIndex: number }): Promise<void> {
    const { FunctionError, Payload } = await this.#client.send(
      new InvokeCommand({ FunctionName: this.#functionName, Payload: JSON.stringify(shard) }),
    );
    if (FunctionError === undefined) return;
    const { errorType, errorMessage } = JSON.parse(Payload?.transformToString() ?? '{}') as Record<
      string,
      string | undefined
    >;
    const message = `shard ${shard.shardIndex} of ${shard.planKey}: ${errorMessage ?? FunctionError}`;
    if (errorType === 'TerminalError') throw new TerminalError('shard_failed', message);
    throw new RetryableError(message);
  }
}
