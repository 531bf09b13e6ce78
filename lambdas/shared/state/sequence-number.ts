/**
 * Sequence numbers are decimal text of up to 128 digits; within a shard their order as numbers is
 * the order of the records.
 */
export function compareSequenceNumbers(a: string, b: string): number {
  if (a === b) return 0;
  return BigInt(a) < BigInt(b) ? -1 : 1;
}

/** A checkpoint of null is before every record. */
export function isAfter(sequenceNumber: string, checkpoint: string | null): boolean {
  return checkpoint === null || compareSequenceNumbers(sequenceNumber, checkpoint) > 0;
}
