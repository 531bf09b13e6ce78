import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../../lambdas/shared/runtime/json.ts';
import type { ShardResult } from '../../../../lambdas/shared/state/shard-result.ts';
import { anEvent, EpochLake } from '../../../support/epoch-lake.ts';
import { readShardResults } from '../../../support/shard-results.ts';
import { failureOf } from '../../../support/small-landing.ts';

const SHARD = 'shardId-000000000000';
const OTHER = 'shardId-000000000001';
const at = (time: string) => Date.parse(`2026-01-05T${time}Z`);

function twoShards(): EpochLake {
  const epochs = new EpochLake();
  epochs.addShard(SHARD);
  epochs.addShard(OTHER);
  return epochs;
}

/** Puts the result of a shard in the place of the one that the lake has. */
async function withResult(epochs: EpochLake, change: (result: ShardResult) => unknown) {
  await epochs.append(SHARD, [{ sequenceNumber: '1', data: anEvent(), outcome: 'active' }]);
  const plan = await epochs.plan(null);
  await epochs.publish(plan);
  await epochs.lake.delete([epochs.keys.manifest(1)]);
  const key = epochs.keys.result(1, SHARD);
  const changed = change(parseJson<ShardResult>(await epochs.lake.get(key)));
  await epochs.lake.put(key, Buffer.from(JSON.stringify(changed)));
  const results = await readShardResults(plan, epochs.lake, epochs.keys);
  return await failureOf(() => epochs.commit(plan, results));
}

describe('an epoch that cannot be written', () => {
  it('fails when a result has lost a record', async () => {
    const failure = await withResult(twoShards(), (result) => ({
      ...result,
      counts: { ...result.counts, read: 2 },
    }));

    expect(failure).toMatchObject({ code: 'not_conserved' });
  });

  it('fails when the files of a result hold other rows than it counts', async () => {
    const failure = await withResult(twoShards(), (result) => ({ ...result, files: {} }));

    expect(failure).toMatchObject({ code: 'not_conserved' });
  });

  it('fails when the sums of a result differ', async () => {
    const failure = await withResult(twoShards(), (result) => ({
      ...result,
      hours: [[10, 1, '1997']],
    }));

    expect(failure).toMatchObject({ code: 'not_conserved' });
    expect(String(failure)).toContain(SHARD);
  });

  it('fails when the snapshot of the epoch before is gone', async () => {
    const epochs = twoShards();
    await epochs.publishNext(null);
    await epochs.lake.delete([epochs.keys.snapshot(1)]);

    const failure = await failureOf(() => epochs.publishNext(null));

    expect(failure).toMatchObject({ code: 'snapshot_missing' });
    expect(String(failure)).toContain('state/stream/snapshots/00000001');
  });

  it('fails when the result of a shard is not there', async () => {
    const epochs = twoShards();
    const plan = await epochs.plan(null);

    const failure = await failureOf(() => readShardResults(plan, epochs.lake, epochs.keys));

    expect(failure).toMatchObject({ code: 'result_missing' });
  });

  it('fails when the watermark would move back', async () => {
    const epochs = twoShards();
    await epochs.publishNext(at('10:10:00'));

    await expect(epochs.publishNext(at('10:09:59'))).rejects.toThrow('does not move back');
  });
});
