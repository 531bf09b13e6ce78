import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { askedOf } from './queue-messages.ts';

/** Notifications of uploads that the starter could not handle. */
export class DeadLetters {
  readonly #queueUrl: string;
  readonly #client: SQSClient;

  constructor(queueUrl: string, client: SQSClient) {
    this.#queueUrl = queueUrl;
    this.#client = client;
  }

  /** Approximate number of waiting notifications. */
  async count(): Promise<number> {
    const command = new GetQueueAttributesCommand({
      QueueUrl: this.#queueUrl,
      AttributeNames: ['ApproximateNumberOfMessages'],
    });
    const { Attributes: attributes } = await askedOf(this.#queueUrl, 'GetQueueAttributes', () =>
      this.#client.send(command),
    );
    return Number(attributes?.ApproximateNumberOfMessages ?? 0);
  }
}
