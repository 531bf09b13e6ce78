import { ObjectNotFoundError, TerminalError } from '../../../shared/model/errors.ts';
import type { EpochMs } from '../../../shared/model/time.ts';
import type { StreamRecord } from '../../../shared/ports/event-stream.ts';
import type { ObjectStore } from '../../../shared/ports/object-store.ts';
import { parseJson } from '../../../shared/runtime/json.ts';
import { type KinesisEvent, recordOf } from '../../consume/kinesis-event.ts';

/** A record batch that the event source mapping gave up. */
export interface FailedBatch {
  /** Key of the object that says so. */
  readonly key: string;
  readonly shardId: string;
  readonly firstSequenceNumber: string;
  readonly lastSequenceNumber: string;
  readonly firstArrivalMs: EpochMs;
  /** Null if the message names them only; the stream may still hold them. */
  readonly records: readonly StreamRecord[] | null;
}

/**
 * The invocation record that Lambda writes to a failure destination in S3 (AWS Lambda guide,
 * "Retaining discarded batches for a Kinesis event source"), as far as it is read here.
 */
interface InvocationRecord {
  readonly KinesisBatchInfo: {
    readonly shardId: string;
    readonly startSequenceNumber: string;
    readonly endSequenceNumber: string;
    readonly approximateArrivalOfFirstRecord: string;
  };
  /** The event of the invocation. The guide leaves open whether as JSON text; LocalStack: not. */
  readonly payload?: string | KinesisEvent;
}

/**
 * The messages about given-up batches below a prefix, oldest key first. Throws `TerminalError`
 * `failed_batch_unreadable` for any other object.
 */
export async function* listFailedBatches(
  store: ObjectStore,
  prefix: string,
): AsyncGenerator<FailedBatch> {
  for await (const { key } of store.list(prefix)) {
    const bytes = await getOrNull(store, key);
    if (bytes !== null) yield failedBatchOf(key, bytes);
  }
}

/** Null where another redrive was done with the message meanwhile. */
async function getOrNull(store: ObjectStore, key: string): Promise<Uint8Array | null> {
  try {
    return await store.get(key);
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return null;
    throw error;
  }
}

function failedBatchOf(key: string, bytes: Uint8Array): FailedBatch {
  try {
    const { KinesisBatchInfo: info, payload } = parseJson<InvocationRecord>(bytes);
    const event = eventOf(payload);
    return {
      key,
      shardId: info.shardId,
      firstSequenceNumber: info.startSequenceNumber,
      lastSequenceNumber: info.endSequenceNumber,
      firstArrivalMs: Date.parse(info.approximateArrivalOfFirstRecord) as EpochMs,
      records: event === null ? null : event.Records.map(({ kinesis }) => recordOf(kinesis)),
    };
  } catch (cause) {
    const message = `${key} does not describe a failed invocation; move it elsewhere to continue`;
    throw new TerminalError('failed_batch_unreadable', message, { cause });
  }
}

function eventOf(payload: InvocationRecord['payload']): KinesisEvent | null {
  return typeof payload === 'string' ? (JSON.parse(payload) as KinesisEvent) : (payload ?? null);
}
