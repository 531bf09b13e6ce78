import type { GetShardIteratorCommandInput } from '@aws-sdk/client-kinesis';
import type { ReadPosition } from '../../ports/event-stream.ts';

const SEQUENCE_NUMBER = /^\d{1,128}$/;

/** What a `next` says, in its opaque text. */
export interface NextPlace {
  readonly shardId: string;
  readonly iterator: string;
  /** Milliseconds from the end of the previous read to the tip, as Kinesis reported them. */
  readonly behindMs: number;
  /** Null, or the number of a record that has not been seen yet; see `KinesisEventStream`. */
  readonly sought: string | null;
}

/** Packs a place into the opaque token of a `next` position, which `placeOf` reads. */
export function nextPosition({ shardId, iterator, behindMs, sought }: NextPlace): ReadPosition {
  return { kind: 'next', token: JSON.stringify([shardId, iterator, behindMs, sought]) };
}

/** Unpacks a `next` token. Throws `RangeError` if no read of this shard made it. */
export function placeOf(shardId: string, token: string): NextPlace {
  let parts: unknown;
  try {
    parts = JSON.parse(token);
  } catch (error) {
    throw new RangeError(`${token} is not a read position`, { cause: error });
  }
  if (!Array.isArray(parts) || parts.length !== 4 || parts[0] !== shardId) {
    throw new RangeError(`${token} is not a read position of ${shardId}`);
  }
  return { shardId, iterator: parts[1], behindMs: parts[2], sought: parts[3] };
}

/**
 * The start of a shard iterator. For `after` it begins *at* the record: whether that comes back
 * shows whether anything after it can have left the stream.
 */
export function iteratorStart(
  position: Exclude<ReadPosition, { kind: 'next' }>,
): Pick<
  GetShardIteratorCommandInput,
  'ShardIteratorType' | 'StartingSequenceNumber' | 'Timestamp'
> {
  if (position.kind === 'start') return { ShardIteratorType: 'TRIM_HORIZON' };
  if (position.kind === 'at_time') {
    return { ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(position.timeMs) };
  }
  const { sequenceNumber } = position;
  if (!SEQUENCE_NUMBER.test(sequenceNumber)) {
    throw new RangeError(`${JSON.stringify(sequenceNumber)} is not a sequence number`);
  }
  return { ShardIteratorType: 'AT_SEQUENCE_NUMBER', StartingSequenceNumber: sequenceNumber };
}
