/** Publishes one shard of a planned epoch somewhere else. */
export interface ShardPublisher {
  /**
   * Writes the shard's files and result (stream protocol §3, W); repeated, it writes the same.
   * Throws `RetryableError` or `TerminalError` as the publication did.
   */
  publish(shard: { readonly planKey: string; readonly shardIndex: number }): Promise<void>;
}
