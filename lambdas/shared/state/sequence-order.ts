/**
 * Compares sequence numbers as numbers: decimal text of up to 128 digits, in the order of the
 * records within one shard only.
 */
export function compareSequenceNumbers(a: string, b: string): number {
  const [first, second] = [BigInt(a), BigInt(b)];
  return Number(first > second) - Number(first < second);
}

/** True if a record comes after a checkpoint of its shard; null is before every record. */
export function isAfter(sequenceNumber: string, checkpoint: string | null): boolean {
  return checkpoint === null || compareSequenceNumbers(sequenceNumber, checkpoint) > 0;
}
