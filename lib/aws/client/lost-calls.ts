import { ChangeMessageVisibilityCommand, type Message, type SQSClient } from '@aws-sdk/client-sqs';
import { askedOf, deleteFrom, makeSqsClient, receiveFrom } from './queue-messages.ts';

/** Calls of one kind that reached no function. */
export interface LostCalls {
  /** A function, or a rule that could not reach its target. */
  readonly name: string;
  readonly error: string;
  readonly count: number;
  /** When the newest entered the queue; null if the queue does not say. */
  readonly newestAtMs: number | null;
}

type LostCall = Omit<LostCalls, 'count'>;

/** Messages stay hidden for this long while they are examined; an interrupted look ends by then. */
const LOOK_SEC = 60;

const NO_ERROR = 'no error given';

/**
 * Lists the queues' lost calls, the most frequent first, and removes them. With `isDryRun` all are
 * visible again when this returns. Throws the errors of `toCallError`.
 */
export async function takeLostCalls(
  queues: readonly string[],
  isDryRun: boolean,
  signal: AbortSignal,
  client = makeSqsClient(),
): Promise<LostCalls[]> {
  const calls: LostCall[] = [];
  for (const queue of queues) {
    const take = isDryRun ? lookAt : remove;
    for await (const message of take(client, queue, signal)) calls.push(lostCallOf(message));
  }
  return counted(calls);
}

async function* remove(client: SQSClient, queue: string, signal: AbortSignal) {
  for (;;) {
    signal.throwIfAborted();
    const messages = await receiveFrom(client, queue);
    if (messages.length === 0) return;
    for (const message of messages) {
      await deleteFrom(client, queue, message);
      yield message;
    }
  }
}

async function* lookAt(client: SQSClient, queue: string, signal: AbortSignal) {
  const seen = new Map<string, Message>();
  for (;;) {
    signal.throwIfAborted();
    const found = await receiveFrom(client, queue, LOOK_SEC);
    // Messages that show again, because counting took too long, have been counted.
    const fresh = found.filter(({ MessageId: id }) => !seen.has(id ?? ''));
    for (const message of found) seen.set(message.MessageId ?? '', message);
    yield* fresh;
    if (fresh.length === 0) break;
  }
  for (const { ReceiptHandle } of seen.values()) {
    const command = { QueueUrl: queue, ReceiptHandle, VisibilityTimeout: 0 };
    await askedOf(queue, 'ChangeMessageVisibility', () =>
      client.send(new ChangeMessageVisibilityCommand(command)),
    );
  }
}

/** What Lambda writes to a destination of failures. */
interface FailedCall {
  readonly requestContext?: { readonly functionArn?: string; readonly condition?: string };
  readonly responsePayload?: { readonly errorType?: string; readonly errorMessage?: string };
}

/** For a rule, EventBridge writes the event it could not deliver, and the rest in attributes. */
function lostCallOf({ Body, MessageAttributes = {}, Attributes = {} }: Message): LostCall {
  const sent = Attributes.SentTimestamp;
  const newestAtMs = sent === undefined ? null : Number(sent);
  const said = (name: string) => MessageAttributes[name]?.StringValue;
  const rule = said('RULE_ARN');
  if (rule !== undefined) {
    const error = said('ERROR_MESSAGE') ?? said('ERROR_CODE') ?? NO_ERROR;
    return { name: `rule ${rule.split('/').at(-1)}`, error, newestAtMs };
  }
  const { requestContext: context, responsePayload: payload } = failedCall(Body);
  if (context?.functionArn === undefined) {
    return { name: 'unknown', error: 'the message is not from Lambda or EventBridge', newestAtMs };
  }
  const errors = [payload?.errorType, payload?.errorMessage].filter((part) => part !== undefined);
  const error = errors.length > 0 ? errors.join(': ') : (context.condition ?? NO_ERROR);
  return { name: functionOf(context.functionArn), error, newestAtMs };
}

function failedCall(body = ''): FailedCall {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {}; // Said of the message; the others are to be looked at all the same.
  }
}

/** `arn:aws:lambda:REGION:ACCOUNT:function:NAME:$LATEST`. */
function functionOf(arn: string): string {
  return `function ${arn.split(':')[6] ?? arn}`;
}

function counted(calls: readonly LostCall[]): LostCalls[] {
  const kinds = new Map<string, LostCalls>();
  for (const call of calls) {
    const key = JSON.stringify([call.name, call.error]);
    const { count, newestAtMs } = kinds.get(key) ?? { count: 0, newestAtMs: null };
    const newest = later(newestAtMs, call.newestAtMs);
    kinds.set(key, { ...call, count: count + 1, newestAtMs: newest });
  }
  return [...kinds.values()].sort((left, right) => right.count - left.count);
}

function later(left: number | null, right: number | null): number | null {
  if (left === null || right === null) return left ?? right;
  return Math.max(left, right);
}
