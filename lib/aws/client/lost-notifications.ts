import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { askedOf, deleteFrom, makeSqsClient, receiveFrom } from './queue-messages.ts';

/**
 * Moves notifications that the starter could not handle from the dead-letter queue back to its
 * queue; returns how many. Removes a message only once it has been sent: interrupted in between, it
 * comes twice, which the starter tolerates.
 */
export async function moveNotificationsBack(
  queues: { readonly from: string; readonly to: string },
  signal: AbortSignal,
  client = makeSqsClient(),
): Promise<number> {
  for (let moved = 0; ; ) {
    signal.throwIfAborted();
    const messages = await receiveFrom(client, queues.from);
    if (messages.length === 0) return moved;
    for (const message of messages) {
      const command = new SendMessageCommand({
        QueueUrl: queues.to,
        MessageBody: message.Body ?? '',
      });
      await askedOf(queues.to, 'SendMessage', () => client.send(command));
      await deleteFrom(client, queues.from, message);
      moved += 1;
    }
  }
}
