/**
 * Sequence numbers are decimal text of up to 128 digits; within a shard their order as numbers is
 * the order of the records.
 */
export function compareSequenceNumbers(a: string, b: string): number {
  const [first, second] = [BigInt(a), BigInt(b)];
  return Number(first > second) - Number(first < second);
}

/** A checkpoint of null is before every record. */
export function isAfter(sequenceNumber: string, checkpoint: string | null): boolean {
  return checkpoint === null || compareSequenceNumbers(sequenceNumber, checkpoint) > 0;
}
