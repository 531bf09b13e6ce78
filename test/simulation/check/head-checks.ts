import { isConserved, OUTCOMES, zeroCounts } from '../../../lambdas/shared/rules/outcome.ts';
import { compareSequenceNumbers } from '../../../lambdas/shared/state/sequence-order.ts';
import type { ShardHead } from '../../../lambdas/shared/state/shard-head.ts';
import { expectThat } from '../violation.ts';
import type { Committed, LogChecker } from './log-checker.ts';
import { orNull, type SeenShard } from './seen.ts';

/** Invariant 3. */
export function checkMoves(shardId: string, before: ShardHead, after: ShardHead): void {
  const moves = (name: string, from: number, to: number) =>
    expectThat(to >= from, '3', () => `${name} of ${shardId} moves back from ${from} to ${to}`);
  moves('version', before.version, after.version);
  moves('floor', before.floorMs, after.floorMs);
  moves('maxEventTime', before.maxEventTimeMs, after.maxEventTimeMs);
  moves('publishedThrough', before.publishedThrough, after.publishedThrough);
  moves('claimsFrom', before.claimsFrom, after.claimsFrom);
  moves('sealed', Number(before.sealed), Number(after.sealed));
  const { checkpoint } = before;
  if (checkpoint === null) return;
  const isForward =
    after.checkpoint !== null && compareSequenceNumbers(after.checkpoint, checkpoint) >= 0;
  expectThat(isForward, '3', () => `checkpoint of ${shardId} moves back from ${checkpoint}`);
}

/** Invariants 4, 8 and 11: HEAD is the fold of its log. */
export function checkHead(shard: SeenShard, logs: LogChecker, committed: Committed): void {
  const { shardId, head, entries, model } = shard;
  const last = entries.at(-1)?.entry;
  const equal = (name: string, actual: unknown, expected: unknown) =>
    expectThat(actual === expected, '4', () => {
      return `${name} in HEAD of ${shardId} is ${actual}, its log says ${expected}`;
    });
  equal('version', head.version, entries.length);
  equal('maxEventTime', orNull(head.maxEventTimeMs), model.maxEventTimeMs);
  equal('floor', orNull(head.floorMs), model.floorMs);
  equal('sealed', head.sealed, last?.kind === 'seal');
  const inOrder = entries.map(({ entry }) => entry).filter(({ kind }) => kind === 'records');
  const newest = inOrder.at(-1);
  const checkpoint = newest?.kind === 'records' ? newest.lastSequenceNumber : null;
  equal('checkpoint', head.checkpoint, checkpoint);
  const counts = zeroCounts();
  for (const { entry } of entries) {
    if (entry.kind !== 'records' && entry.kind !== 'redrive') continue;
    counts.read += entry.counts.read;
    for (const outcome of OUTCOMES) counts[outcome] += entry.counts[outcome];
  }
  for (const name of ['read', ...OUTCOMES] as const) {
    equal(`counts.${name}`, head.counts[name], counts[name]);
  }
  expectThat(isConserved(head.counts), '11', () => `counts of ${shardId} do not add up`);
  if (head.sealed) {
    // A child that was gone before anybody met it is none.
    const children = logs.childrenOf(shardId).filter((childId) => !logs.isUnmet(childId));
    const known = head.children.filter((childId) => !logs.isUnmet(childId));
    equal('children', known.sort().join(' '), children.sort().join(' '));
  }
  const toVersion = committed.toVersion(shardId);
  expectThat(head.publishedThrough <= toVersion, '3', () => {
    return `publishedThrough of ${shardId} is ${head.publishedThrough}, published ${toVersion}`;
  });
  for (let version = 1; version < head.claimsFrom; version++) logs.checkExpired(shardId, version);
}
