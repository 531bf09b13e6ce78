import { describe, expect, it } from 'vitest';
import { bufferOf, readMetadata } from '../../../../lambdas/shared/parquet/stored-values.ts';
import type { ObjectStore } from '../../../../lambdas/shared/ports/object-store.ts';
import { jsonBytes, parseJson } from '../../../../lambdas/shared/runtime/json.ts';
import { encodeSnapshot, readSnapshot } from '../../../../lambdas/shared/state/epoch-snapshot.ts';
import type { StreamManifest } from '../../../../lambdas/shared/state/stream-manifest.ts';
import { anEvent, EpochLake } from '../../../support/epoch-lake.ts';
import { hookedStore } from '../../../support/hooked-store.ts';

const SHARD = 'shardId-000000000000';
const at = (time: string) => Date.parse(`2026-01-05T${time}Z`);

let nextSequence = 1;

/** Appends an active order of each of these products and times. */
async function appendOrders(epochs: EpochLake, orders: readonly (readonly [string, string])[]) {
  const records = orders.map(([product_id, time]) => ({
    sequenceNumber: String(nextSequence++),
    data: anEvent({ product_id, order_timestamp: `2026-01-05T${time}Z` }),
    outcome: 'active' as const,
  }));
  await epochs.append(SHARD, records);
}

function oneShard(rowGroupRows = 64): EpochLake {
  const epochs = new EpochLake({ rowGroupRows });
  epochs.addShard(SHARD);
  return epochs;
}

describe('the files of an epoch', () => {
  const groupsOf = async (lake: ObjectStore, { tables }: StreamManifest, name: string) => {
    const [{ key }] = tables[name].files;
    const { row_groups: groups } = await readMetadata(bufferOf(await lake.get(key)));
    return groups.map(({ num_rows: rows }) => Number(rows));
  };

  it('have row groups of the size of the config, and what is left in a last one', async () => {
    const epochs = oneShard(2);
    const products = ['a', 'b', 'c', 'd', 'e'];
    await appendOrders(
      epochs,
      products.map((id) => [id, '10:00:00']),
    );
    await appendOrders(epochs, [['a', '10:10:00']]);

    const first = await epochs.publishNext(at('10:10:00'));
    const second = await epochs.publishNext(at('10:20:00'));

    expect(await groupsOf(epochs.lake, first, 'product_revenue')).toEqual([2, 2, 1]);
    expect(await groupsOf(epochs.lake, first, 'window_revenue')).toEqual([2, 2, 1]);
    expect(await groupsOf(epochs.lake, second, 'window_revenue')).toEqual([1]);
  });

  it('leave nothing behind when one of them cannot be written', async () => {
    const epochs = oneShard(2);
    await appendOrders(epochs, [
      ['a', '10:00:00'],
      ['b', '10:00:00'],
      ['c', '10:00:00'],
    ]);
    const failing = new Error('failed by a test');
    let writes = 0;
    const lake = hookedStore(epochs.lake, (operation, key) => {
      if (operation !== 'write' || !key.includes('/product_revenue/')) return;
      writes += 1;
      if (writes === 2) throw failing;
    });
    const open = new Set<string>();
    const watched: ObjectStore = {
      ...lake,
      openWriter: (key) => {
        const writer = lake.openWriter(key);
        open.add(key);
        const closes =
          <Args extends unknown[], Result>(close: (...args: Args) => Promise<Result>) =>
          async (...args: Args) => {
            open.delete(key);
            return await close(...args);
          };
        return { ...writer, commit: closes(writer.commit), abort: closes(writer.abort) };
      },
    };

    const publication = epochs.publish(await epochs.plan(null), watched);

    await expect(publication).rejects.toBe(failing);
    expect(writes).toBe(2);
    expect([...open]).toEqual([]);
  });
});

describe('a complete epoch', () => {
  const TABLES = ['orders', 'window_revenue', 'daily_revenue', 'late'];

  /** Makes it seem that so many epochs were published since the last complete one. */
  async function pretendSince(epochs: EpochLake, epoch: number, count: number) {
    const key = epochs.keys.snapshot(epoch);
    const snapshot = await readSnapshot(epochs.lake, key, epoch);
    const changed = { ...snapshot, epochs_since_complete: count };
    await epochs.lake.put(key, encodeSnapshot(changed));
  }

  const filesOf = ({ tables }: StreamManifest) =>
    TABLES.map((name) => tables[name].files.map(({ key }) => Number(/epoch=(\d+)/.exec(key)?.[1])));

  it('comes after 99 others, and lists what they added, the newest first', async () => {
    const epochs = oneShard();
    const publish = async (time: string) => {
      await appendOrders(epochs, [['a', time]]);
      return await epochs.publishNext(at(time));
    };
    const sinceOf = async (epoch: number) => {
      const snapshot = await readSnapshot(epochs.lake, epochs.keys.snapshot(epoch), epoch);
      return [snapshot.epochs_since_complete, snapshot.last_complete];
    };
    await publish('10:00:00');
    await publish('10:10:00');
    await pretendSince(epochs, 2, 98);

    const third = await publish('10:20:00');
    const fourth = await publish('10:30:00');
    const fifth = await publish('10:40:00');
    expect([third, fourth, fifth].map(({ complete }) => complete)).toEqual([false, true, false]);
    expect([third, fourth, fifth].map((manifest) => manifest.previous_complete)).toEqual([
      null,
      null,
      'manifests/stream/00000004.json',
    ]);
    expect(filesOf(third)).toEqual([[3], [3], [3], []]);
    expect(filesOf(fourth)).toEqual([[4, 3, 2, 1], [4, 3, 2], [4], []]);
    expect(filesOf(fifth)).toEqual([[5], [5], [5], []]);
    expect(await sinceOf(3)).toEqual([99, null]);
    expect(await sinceOf(4)).toEqual([0, 'manifests/stream/00000004.json']);
    expect(await sinceOf(5)).toEqual([1, 'manifests/stream/00000004.json']);

    await pretendSince(epochs, 5, 99);
    const sixth = await publish('10:50:00');
    expect([sixth.complete, sixth.previous_complete]).toEqual([
      true,
      'manifests/stream/00000004.json',
    ]);
    expect(filesOf(sixth)).toEqual([[6, 5], [6, 5], [6], []]);
  });

  it('goes on where a manifest of another version lacks a table', async () => {
    const epochs = oneShard();
    await appendOrders(epochs, [['a', '10:00:00']]);
    await epochs.publishNext(at('10:00:00'));
    await pretendSince(epochs, 1, 99);
    const key = epochs.keys.manifest(1);
    const { tables, ...rest } = parseJson<StreamManifest>(await epochs.lake.get(key));
    const { late: _, ...others } = tables;
    await epochs.lake.put(key, jsonBytes({ ...rest, tables: others }));

    const manifest = await epochs.publishNext(at('10:00:00'));

    expect(manifest.complete).toBe(true);
    expect(filesOf(manifest)).toEqual([[1], [], [2], []]);
  });
});
