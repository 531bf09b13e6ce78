import { expectThat } from '../violation.ts';
import type { World } from '../world.ts';
import { hasReached, type SeenShard } from './seen.ts';

/** Invariants 1 and 12: faults are over, everything settled and drained. */
export async function checkRest(world: World): Promise<void> {
  const { logs, epochs } = world.observer;
  checkRecordsPlaced(world);
  checkDrained(world);
  const committed = epochs.last?.plan.epoch ?? 0;
  expectThat(epochs.currentEpoch === committed, '12', () => {
    return `CURRENT names ${epochs.currentEpoch}, committed is ${committed}`;
  });
  expectThat(epochs.plannedEpoch === null, '12', () => `${epochs.plannedEpoch} is still planned`);
  for (const shard of logs.shards.values()) {
    const { shardId, head } = shard;
    const toVersion = epochs.toVersion(shardId);
    expectThat(toVersion === head.version, '12', () => {
      return `${shardId} has version ${head.version}, published are those up to ${toVersion}`;
    });
    await checkLiveLog(world, shard);
    if (!world.faults.has('other_key')) checkClaimsApart(world, shard);
  }
}

/** Every record has its place, but those that nobody can read any more, nor redrive. */
function checkRecordsPlaced(world: World): void {
  const { places } = world.observer.logs;
  for (const [shardId, { records, trimmedCount }] of world.shards) {
    for (const [index, { sequenceNumber }] of records.entries()) {
      const place = `${shardId} ${sequenceNumber}`;
      const isPlaced = places.has(place);
      const isLost = index < trimmedCount && !world.kept.has(place);
      expectThat(isPlaced || isLost, '12', () => {
        return `record ${index} (${sequenceNumber.slice(-16)}) of ${shardId} stands in no entry`;
      });
    }
  }
}

/** G has reached E. */
function checkDrained(world: World): void {
  const { logs, epochs } = world.observer;
  const latest = [...logs.shards.values()].flatMap(({ model }) => model.maxEventTimeMs ?? []);
  if (latest.length === 0) return;
  const { windowLengthMs } = logs.times;
  const endMs = (Math.floor(Math.max(...latest) / windowLengthMs) + 1) * windowLengthMs;
  expectThat(hasReached(epochs.watermarkMs, endMs), '12', () => {
    return `drained to ${epochs.watermarkMs}, the stream ends at ${endMs}`;
  });
}

/** The state holds the entries whose claims count, and no others. */
async function checkLiveLog(world: World, { shardId, head, entries }: SeenShard): Promise<void> {
  const { logs } = world.observer;
  const readers = logs.readersOf(shardId);
  const isExpired = (index: number) => {
    const { entry } = entries[index];
    if (entry.kind === 'fence' || entry.kind === 'seal' || entry.claimMaxMs === null) return true;
    const expiresAtMs = entry.claimMaxMs + logs.times.dedupeHorizonMs;
    return readers.every((watermarkMs) => hasReached(watermarkMs, expiresAtMs));
  };
  const firstLive = entries.findIndex((_, index) => !isExpired(index));
  const from = firstLive < 0 ? entries.length + 1 : firstLive + 1;
  expectThat(head.claimsFrom === from, '12', () => {
    return `claimsFrom of ${shardId} is ${head.claimsFrom}, claims count from ${from} on`;
  });
  const { pk, range } = logs.keys.logRange(shardId, 0, entries.length);
  const live: number[] = [];
  for await (const { key } of world.state.query(pk, range)) live.push(Number(key.sk.slice(4)));
  const expected = entries.map(({ entry }) => entry.version).filter((version) => version >= from);
  expectThat(live.join() === expected.join(), '12', () => {
    return `the log of ${shardId} holds ${live.join()}, expected ${expected.join()}`;
  });
}

/** Invariant 5, for all that counted in the lineage of a shard. */
function checkClaimsApart(world: World, { shardId, model }: SeenShard): void {
  const { dedupeHorizonMs, windowLengthMs } = world.observer.logs.times;
  const byId = new Map<string, number[]>();
  for (const { orderId, eventTimeMs, isCapped } of new Set(model.claims)) {
    if (!isCapped) byId.set(orderId, [...(byId.get(orderId) ?? []), eventTimeMs]);
  }
  for (const [orderId, times] of byId) {
    const inOrder = times.sort((a, b) => a - b);
    for (let i = 1; i < inOrder.length; i++) {
      const apart = inOrder[i] - inOrder[i - 1];
      expectThat(apart > dedupeHorizonMs - windowLengthMs, '5', () => {
        return `${orderId} counts twice in ${shardId}, ${apart} ms apart`;
      });
    }
  }
}
