import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { toCallError } from '../../../lambdas/shared/adapters/aws/aws-errors.ts';
import { regionOptions } from './find-deployment.ts';

/** A request of SQS brings ten at most. */
const MESSAGES_MAX = 10;

/**
 * Moves notifications that the starter could not handle from the dead-letter queue back to its
 * queue, and returns how many. A message goes from there only once it is here: stopped in between,
 * it comes twice, which the starter does not mind.
 */
export async function moveNotificationsBack(
  queues: { readonly from: string; readonly to: string },
  signal: AbortSignal,
  client = new SQSClient(regionOptions()),
): Promise<number> {
  for (let moved = 0; ; ) {
    signal.throwIfAborted();
    const messages = await receive(client, queues.from);
    if (messages.length === 0) return moved;
    for (const { Body: body, ReceiptHandle: receipt } of messages) {
      await asked(queues.to, 'SendMessage', () =>
        client.send(new SendMessageCommand({ QueueUrl: queues.to, MessageBody: body ?? '' })),
      );
      await asked(queues.from, 'DeleteMessage', () =>
        client.send(new DeleteMessageCommand({ QueueUrl: queues.from, ReceiptHandle: receipt })),
      );
      moved += 1;
    }
  }
}

async function receive(client: SQSClient, queue: string): Promise<readonly Message[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: queue,
    MaxNumberOfMessages: MESSAGES_MAX,
    // All servers are asked: an empty answer means that there is none.
    WaitTimeSeconds: 1,
  });
  const { Messages: messages = [] } = await asked(queue, 'ReceiveMessage', () =>
    client.send(command),
  );
  return messages;
}

async function asked<T>(queue: string, action: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw toCallError(error, {
      what: `${action} of ${queue}`,
      resource: `queue ${queue}`,
      permission: `sqs:${action}`,
    });
  }
}
