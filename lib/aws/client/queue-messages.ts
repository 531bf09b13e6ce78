import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { asked } from '../../../lambdas/shared/adapters/aws/aws-errors.ts';
import { regionOptions } from './find-deployment.ts';

/**
 * An SQS client that calls the endpoint of the region, or of an emulator, whatever host a queue's
 * URL has.
 */
export function makeSqsClient(): SQSClient {
  return new SQSClient({ ...regionOptions(), useQueueUrlAsEndpoint: false });
}

/** A request of SQS brings ten at most. */
const MESSAGES_MAX = 10;

/**
 * Receives some messages of a queue and hides them meanwhile; an empty list means that it has no
 * more. `hiddenSec` defaults to the queue's own setting. Throws the errors of `toCallError`.
 */
export async function receiveFrom(
  client: SQSClient,
  queue: string,
  hiddenSec?: number,
): Promise<readonly Message[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: queue,
    MaxNumberOfMessages: MESSAGES_MAX,
    // All servers are asked: an empty answer means that there is none.
    WaitTimeSeconds: 1,
    MessageAttributeNames: ['All'],
    MessageSystemAttributeNames: ['SentTimestamp'],
    ...(hiddenSec === undefined ? {} : { VisibilityTimeout: hiddenSec }),
  });
  const { Messages: messages = [] } = await askedOf(queue, 'ReceiveMessage', () =>
    client.send(command),
  );
  return messages;
}

/**
 * Deletes a received message from its queue. Safe to repeat. Throws the errors of `toCallError`.
 */
export async function deleteFrom(
  client: SQSClient,
  queue: string,
  { ReceiptHandle: receipt }: Message,
): Promise<void> {
  const command = new DeleteMessageCommand({ QueueUrl: queue, ReceiptHandle: receipt });
  await askedOf(queue, 'DeleteMessage', () => client.send(command));
}

/** Runs an SQS call. Throws the errors of `toCallError`. */
export async function askedOf<T>(queue: string, action: string, ask: () => Promise<T>): Promise<T> {
  const what = `${action} of ${queue}`;
  return await asked({ what, resource: `queue ${queue}`, permission: `sqs:${action}` }, ask);
}
