import type { SortRange, StateKey } from '../ports/state-store.ts';

/**
 * Keys of one consumer's state of one stream (stream protocol §1). Every key begins with
 * `<consumer>/<stream>`, so two consumers share nothing.
 */
export class StateKeys {
  readonly #namespace: string;

  constructor(consumer: string, stream: string) {
    this.#namespace = `${consumer}/${stream}`;
  }

  /** What the consumer began with. */
  get meta(): StateKey {
    return { pk: `${this.#namespace}#META`, sk: 'STREAM' };
  }

  /** Partition of the registry: an item per shard, for ever. */
  get shards(): string {
    return `${this.#namespace}#SHARDS`;
  }

  shard(shardId: string): StateKey {
    return { pk: this.shards, sk: shardId };
  }

  head(shardId: string): StateKey {
    return { pk: this.#shardPartition(shardId), sk: 'HEAD' };
  }

  /** One entry of a shard's log. */
  log(shardId: string, version: number): StateKey {
    return { pk: this.#shardPartition(shardId), sk: `LOG#${digits(version)}` };
  }

  /** Entries `[from, to]` of a shard's log, in order. */
  logRange(shardId: string, from: number, to: number): { pk: string; range: SortRange } {
    const range = { from: `LOG#${digits(from)}`, to: `LOG#${digits(to)}` };
    return { pk: this.#shardPartition(shardId), range };
  }

  redriven(shardId: string): StateKey {
    return { pk: this.#shardPartition(shardId), sk: 'REDRIVEN' };
  }

  get epochHead(): StateKey {
    return { pk: `${this.#namespace}#EPOCH`, sk: 'HEAD' };
  }

  /** How far the raw archive of another consumer was taken (stream protocol §7). */
  get replayed(): StateKey {
    return { pk: `${this.#namespace}#REPLAY`, sk: 'RAW' };
  }

  #shardPartition(shardId: string): string {
    return `${this.#namespace}#SHARD#${shardId}`;
  }
}

export const VERSION_DIGITS = 12;

/** A version with leading zeros, so that versions sort as text. */
export function digits(version: number): string {
  return String(version).padStart(VERSION_DIGITS, '0');
}
