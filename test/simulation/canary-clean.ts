import type { StateOperation } from '../../lambdas/shared/ports/state-store.ts';
import { hasReached } from './check/seen.ts';
import type { SimProcess } from './sim-process.ts';
import type { World } from './world.ts';

/** Removes the logs of sealed shards as far as their fastest descendant allows. */
export async function cleanByFastest(world: World, process: SimProcess): Promise<void> {
  const { logs, epochs } = world.observer;
  for (const { shardId, head, entries } of logs.shards.values()) {
    if (!head.sealed) continue;
    const readers = logs.readersOf(shardId);
    const isExpired = ({ entry }: (typeof entries)[number]) => {
      if (entry.kind === 'fence' || entry.kind === 'seal' || entry.claimMaxMs === null) return true;
      const expiresAtMs = entry.claimMaxMs + logs.times.dedupeHorizonMs;
      return readers.some((watermarkMs) => hasReached(watermarkMs, expiresAtMs));
    };
    const end = entries.findIndex((entry) => !isExpired(entry));
    const published = Math.min(epochs.toVersion(shardId), head.publishedThrough);
    const claimsFrom = end < 0 ? entries.length + 1 : end + 1;
    if (claimsFrom <= head.claimsFrom) continue;
    const operations: StateOperation[] = [
      { kind: 'update', key: logs.keys.head(shardId), set: { claimsFrom }, tests: [] },
    ];
    for (let version = 1; version < Math.min(claimsFrom, published + 1); version++) {
      operations.push({ kind: 'delete', key: logs.keys.log(shardId, version) });
    }
    await world.state.transact(operations, `clean-${world.nextId()}`);
    await world.observer.onTransaction(process, operations);
  }
}
