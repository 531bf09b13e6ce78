import { assert, OutcomeUnknownError, RetryableError } from '../../shared/model/errors.ts';
import type { StreamContext } from '../../shared/state/stream-context.ts';
import { type ConsumeResult, OrderConsumer } from './consume-orders.ts';
import { type KinesisEvent, recordOf } from './kinesis-event.ts';

/** What stays of the time limit when a batch is given back: enough to answer. */
const DEADLINE_MARGIN_MS = 5_000;

/** Where the mapping continues; an empty list means after the batch. */
export interface ConsumeAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** How much time the invocation has left. */
export interface Deadline {
  readonly remainingMs: () => number;
}

const DONE: ConsumeAnswer = { batchItemFailures: [] };

/**
 * Consumes what the event source mapping delivers. A retryable failure is answered with the lowest
 * sequence number that is not in the log: Lambda starts again there, and what was appended is
 * skipped. Other errors are thrown: the shard waits, and an alarm says so. `onGivenBack` gets the
 * cause of each answer that names a failure, or null if the batch did not end in time.
 */
export function createConsumeStep(
  open: () => Promise<StreamContext>,
  onGivenBack: (cause: Error | null) => void = () => {},
  consumerOf: (context: StreamContext) => OrderConsumer = (context) => new OrderConsumer(context),
) {
  let opened: { readonly context: StreamContext; readonly consumer: OrderConsumer } | null = null;
  return async (event: KinesisEvent, { remainingMs }: Deadline): Promise<ConsumeAnswer> => {
    const [first] = event.Records;
    if (first === undefined) return DONE;
    if (opened === null) {
      const context = await open();
      opened = { context, consumer: consumerOf(context) };
    }
    const { context, consumer } = opened;
    const records = event.Records.map(({ kinesis }) => recordOf(kinesis));
    const timeOut = context.clock.sleep(Math.max(0, remainingMs() - DEADLINE_MARGIN_MS));
    const result = await Promise.race([
      consumer.consume(shardIdOf(event), records),
      timeOut.then(() => null),
    ]);
    if (result !== null) return answerOf(result, onGivenBack);
    // What still runs may end after this invocation. It has the consumer's memory to itself, and
    // the version of HEAD tells which of the two attempts counts.
    opened = null;
    onGivenBack(null);
    return failedFrom(first.kinesis.sequenceNumber);
  };
}

/** A batch holds records of one shard. */
function shardIdOf({ Records: records }: KinesisEvent): string {
  const ids = new Set(records.map(({ eventID }) => eventID?.split(':')[0]));
  const [shardId] = ids;
  assert(ids.size === 1 && shardId !== undefined, 'a batch is of one shard, which it names');
  return shardId;
}

function answerOf(result: ConsumeResult, onGivenBack: (cause: Error) => void): ConsumeAnswer {
  if (result.status === 'consumed') return DONE;
  const { error, fromSequenceNumber } = result;
  const mayPass = error instanceof RetryableError || error instanceof OutcomeUnknownError;
  if (!mayPass) throw error;
  onGivenBack(error);
  return failedFrom(fromSequenceNumber);
}

function failedFrom(sequenceNumber: string): ConsumeAnswer {
  return { batchItemFailures: [{ itemIdentifier: sequenceNumber }] };
}
