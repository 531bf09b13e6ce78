import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { toCallError } from '../../../lambdas/shared/adapters/aws/aws-errors.ts';

/** Notifications of uploads that the starter could not handle. */
export class DeadLetters {
  readonly #queueUrl: string;
  readonly #client: SQSClient;

  constructor(queueUrl: string, client: SQSClient) {
    this.#queueUrl = queueUrl;
    this.#client = client;
  }

  /** About so many wait. */
  async count(): Promise<number> {
    const command = new GetQueueAttributesCommand({
      QueueUrl: this.#queueUrl,
      AttributeNames: ['ApproximateNumberOfMessages'],
    });
    try {
      const { Attributes: attributes } = await this.#client.send(command);
      return Number(attributes?.ApproximateNumberOfMessages ?? 0);
    } catch (error) {
      throw toCallError(error, {
        what: `GetQueueAttributes of ${this.#queueUrl}`,
        resource: `queue ${this.#queueUrl}`,
        permission: 'sqs:GetQueueAttributes',
      });
    }
  }
}
