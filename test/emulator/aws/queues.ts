import {
  GetQueueAttributesCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { makeSqsClient } from '../../../lib/aws/client/queue-messages.ts';

const client = makeSqsClient();

/** @param attributes of the message, texts by name */
export async function sendTo(
  queue: string,
  body: unknown,
  attributes: Readonly<Record<string, string>> = {},
): Promise<void> {
  const MessageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, StringValue]) => [
      name,
      { DataType: 'String', StringValue },
    ]),
  );
  const MessageBody = JSON.stringify(body);
  await client.send(new SendMessageCommand({ QueueUrl: queue, MessageBody, MessageAttributes }));
}

/** Messages that can be received, and those that somebody has received. */
export async function countsOf(queue: string): Promise<{ visible: number; taken: number }> {
  const command = { QueueUrl: queue, AttributeNames: ['All' as const] };
  const { Attributes = {} } = await client.send(new GetQueueAttributesCommand(command));
  return {
    visible: Number(Attributes.ApproximateNumberOfMessages),
    taken: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
  };
}

/** After so long a message that somebody received, and did not delete, can be received again. */
export async function setHiddenSec(queue: string, hiddenSec: number): Promise<void> {
  const command = { QueueUrl: queue, Attributes: { VisibilityTimeout: `${hiddenSec}` } };
  await client.send(new SetQueueAttributesCommand(command));
}
