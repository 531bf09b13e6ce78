import type { EpochMs } from '../../shared/model/time.ts';
import type { StreamRecord } from '../../shared/ports/event-stream.ts';

/** What the event source mapping of Kinesis hands to a function, as far as it is read here. */
export interface KinesisEvent {
  readonly Records: readonly {
    /** `<shardId>:<sequenceNumber>`; records in a failure destination have it too. */
    readonly eventID?: string;
    readonly kinesis: {
      readonly sequenceNumber: string;
      readonly partitionKey: string;
      /** Base64. */
      readonly data: string;
      /** Seconds since 1970, with a fraction. */
      readonly approximateArrivalTimestamp: number;
    };
  }[];
}

/** A stream record from its form in an event of the mapping. */
export function recordOf(kinesis: KinesisEvent['Records'][number]['kinesis']): StreamRecord {
  return {
    sequenceNumber: kinesis.sequenceNumber,
    partitionKey: kinesis.partitionKey,
    arrivalTimeMs: Math.round(kinesis.approximateArrivalTimestamp * 1_000) as EpochMs,
    data: Buffer.from(kinesis.data, 'base64'),
  };
}
