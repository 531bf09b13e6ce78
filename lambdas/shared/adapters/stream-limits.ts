import {
  MAX_PARTITION_KEY_LENGTH,
  MAX_PUT_BYTES,
  MAX_PUT_RECORDS,
  MAX_READ_RECORDS,
  MAX_RECORD_BYTES,
  type NewRecord,
} from '../ports/event-stream.ts';

/** Throws `RangeError` for a put that exceeds the limits of one request (`EventStream.put`). */
export function assertPut(records: readonly NewRecord[]): void {
  if (records.length < 1 || records.length > MAX_PUT_RECORDS) {
    throw new RangeError(`${records.length} records in a put: expected 1 to ${MAX_PUT_RECORDS}`);
  }
  let totalBytes = 0;
  for (const record of records) totalBytes += assertRecord(record);
  if (totalBytes > MAX_PUT_BYTES) {
    throw new RangeError(`a put of ${totalBytes} bytes: expected ${MAX_PUT_BYTES} at most`);
  }
}

function assertRecord({ partitionKey, data }: NewRecord): number {
  const { length } = partitionKey;
  if (length < 1 || length > MAX_PARTITION_KEY_LENGTH) {
    throw new RangeError(
      `partition key of ${length} characters: expected 1 to ${MAX_PARTITION_KEY_LENGTH}`,
    );
  }
  if (!partitionKey.isWellFormed()) {
    throw new RangeError('partition key has an unpaired surrogate');
  }
  const sizeBytes = Buffer.byteLength(partitionKey) + data.byteLength;
  if (sizeBytes > MAX_RECORD_BYTES) {
    throw new RangeError(`record of ${sizeBytes} bytes: expected ${MAX_RECORD_BYTES} at most`);
  }
  return sizeBytes;
}

/** Throws `RangeError` unless the limit is a whole number from 1 to 10,000 records. */
export function assertReadLimit(limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > MAX_READ_RECORDS) {
    throw new RangeError(`a read of ${limit} records: expected 1 to ${MAX_READ_RECORDS}`);
  }
}
