import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { asked } from '../../../lambdas/shared/adapters/aws/aws-errors.ts';
import { regionOptions } from './find-deployment.ts';

/** Asks the endpoint of the region, or of an emulator, whatever host the URL of a queue has. */
export function makeSqsClient(): SQSClient {
  return new SQSClient({ ...regionOptions(), useQueueUrlAsEndpoint: false });
}

/** A request of SQS brings ten at most. */
const MESSAGES_MAX = 10;

/**
 * Some messages of a queue, which hides them meanwhile; none: it has no other.
 *
 * @param hiddenSec how long they are hidden; without it as long as the queue says
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

export async function deleteFrom(
  client: SQSClient,
  queue: string,
  { ReceiptHandle: receipt }: Message,
): Promise<void> {
  const command = new DeleteMessageCommand({ QueueUrl: queue, ReceiptHandle: receipt });
  await askedOf(queue, 'DeleteMessage', () => client.send(command));
}

/** Calls SQS. Throws as `toCallError`. */
export async function askedOf<T>(queue: string, action: string, ask: () => Promise<T>): Promise<T> {
  const what = `${action} of ${queue}`;
  return await asked({ what, resource: `queue ${queue}`, permission: `sqs:${action}` }, ask);
}
