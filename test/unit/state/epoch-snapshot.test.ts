import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  type EpochSnapshot,
  encodeSnapshot,
  readSnapshot,
} from '../../../lambdas/shared/state/epoch-snapshot.ts';
import { MemoryObjectStore } from '../../support/memory/memory-object-store.ts';

const SNAPSHOT: EpochSnapshot = {
  snapshot_format: 1,
  epoch: 7,
  counts: { read: 15, active: 1, cancelled: 2, quarantined: 3, duplicate: 4, late: 5 },
  issues: { quantity_invalid: 3 },
  revenue_cents: '-90071992547409931',
  last_complete: null,
  epochs_since_complete: 4,
  days: [[-1, 1, '5']],
  hours: [[23, 1, '5']],
  products: [['p1', 1, '5']],
  windows: [{ start_ms: -60_000, products: [['p1', 1, '5']] }],
  joins: { customers_missed: 1, products_missed: 2 },
  warned: {
    join_misses: { count: 1, example: 'a' },
    future_events: { count: 0, example: null },
  },
};

async function lakeWith(bytes: Uint8Array) {
  const lake = new MemoryObjectStore();
  await lake.put('s', bytes);
  return lake;
}

describe('a snapshot', () => {
  it('is packed JSON, and comes back as it was', async () => {
    const bytes = encodeSnapshot(SNAPSHOT);

    expect(JSON.parse(zstdDecompressSync(bytes).toString())).toEqual(SNAPSHOT);
    expect(await readSnapshot(await lakeWith(bytes), 's', 7)).toEqual(SNAPSHOT);
  });

  it('has nothing to warn of where its version did not count that', async () => {
    const { joins: _, warned: __, ...early } = SNAPSHOT;
    const lake = await lakeWith(zstdCompressSync(JSON.stringify(early)));

    expect(await readSnapshot(lake, 's', 7)).toEqual({
      ...early,
      joins: { customers_missed: 0, products_missed: 0 },
      warned: {
        join_misses: { count: 0, example: null },
        future_events: { count: 0, example: null },
      },
    });
  });

  it('fails when it is of another epoch', async () => {
    const lake = await lakeWith(encodeSnapshot(SNAPSHOT));

    await expect(readSnapshot(lake, 's', 6)).rejects.toMatchObject({
      name: 'TerminalError',
      code: 'snapshot_damaged',
      message:
        'snapshot s is damaged: it is of epoch 7, not 6; ' +
        'restore the object, or replay under a new --consumer name',
    });
  });

  it('fails when it is missing', async () => {
    await expect(readSnapshot(new MemoryObjectStore(), 's', 7)).rejects.toMatchObject({
      code: 'snapshot_missing',
    });
  });

  it.each(Object.keys(SNAPSHOT).filter((name) => !['joins', 'warned'].includes(name)))(
    'fails when it has no %s',
    async (name) => {
      const damaged = zstdCompressSync(JSON.stringify({ ...SNAPSHOT, [name]: undefined }));

      await expect(readSnapshot(await lakeWith(damaged), 's', 7)).rejects.toMatchObject({
        code: 'snapshot_damaged',
        message: expect.stringContaining(`is damaged: ${name}`),
      });
    },
  );
});
