import { hash } from 'node:crypto';

/**
 * The MD5 of a partition key as a number below 2^128. Its range decides the shard, as in Kinesis.
 */
export function hashKeyOf(partitionKey: string): bigint {
  return BigInt(`0x${hash('md5', partitionKey)}`);
}
