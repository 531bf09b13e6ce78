import { describe, expect, it } from 'vitest';
import { reconcile } from '../../../../lambdas/reconcile/compare/compare-tables.ts';
import type { ObjectStore } from '../../../../lambdas/shared/ports/object-store.ts';
import { keysOf, ordersCsv, runOver } from '../../../support/batch-runs.ts';
import { hookedStore } from '../../../support/hooked-store.ts';
import { aRecord, type LakeRecord, T0, WINDOW_MS } from '../../../support/lake-records.ts';
import {
  ALL_FINAL_MS,
  classesOf,
  compareSides,
  inOrder,
  lakeOf,
  OPTIONS,
  reportOf,
} from '../../../support/reconcile-runs.ts';
import { publishEpochs } from '../../../support/stream-lake.ts';

/** 300 orders of which every third one is late and every seventh one missing in the stream. */
const BATCH = Array.from({ length: 300 }, (_, index) =>
  aRecord(`o${index}`, { productId: `p${index % 20}`, timeMs: T0 + index * 60_000 }),
);
const STREAM = BATCH.filter((_, index) => index % 7 !== 0).map(
  (record, index): LakeRecord => (index % 3 === 0 ? { ...record, outcome: 'late' } : record),
);
const EXPECTED = { late_in_stream: 86, not_in_stream: 43 };

/** Everything is spilled, into as many partitions as there can be. */
const TINY = { memoryLimitBytes: 1_000 };

async function contentOf(lake: ObjectStore): Promise<Record<string, string>> {
  const content: Record<string, string> = {};
  for (const key of await keysOf(lake)) {
    content[key] = Buffer.from(await lake.get(key)).toString('base64');
  }
  return content;
}

describe('a comparison', () => {
  it('gives the same report a second time, and whatever its memory', async () => {
    const lake = await lakeOf({ batch: BATCH, stream: STREAM });
    const before = await contentOf(lake);
    const first = await reconcile(lake, OPTIONS);
    const after = await contentOf(lake);
    const again = await reconcile(lake, OPTIONS);
    const spilled = await reconcile(lake, { ...OPTIONS, ...TINY });

    expect(classesOf(first)).toEqual(EXPECTED);
    expect([again, spilled]).toEqual([first, first]);
    expect(await contentOf(lake)).toEqual(after);
    const { [first.reportKey]: _, ...rest } = after;
    expect(rest).toEqual(before);
  });

  it('spills below work/ and removes it', async () => {
    const lake = await lakeOf({ batch: BATCH, stream: STREAM });
    const spilled = new Set<string>();
    const watched = hookedStore(lake, (operation, key) => {
      if (operation === 'write' && !key.startsWith('reports/')) spilled.add(key);
    });
    await reconcile(watched, { ...OPTIONS, ...TINY });

    const folders = new Set([...spilled].map((key) => key.split('/').slice(0, 3).join('/')));
    const work = 'work/reconcile-20260105T000000Z-00000000';
    expect([...folders].sort()).toEqual(
      ['batch', 'cells', 'others', 'sorted', 'stream'].map((name) => `${work}/${name}`),
    );
    expect(await keysOf(lake, 'work/')).toEqual([]);
  });

  it('takes more partitions where one does not fit', async () => {
    // Few records in batch, so that the first plan has one partition; many in the stream.
    const stream = Array.from({ length: 3_000 }, (_, i) => aRecord(`s${i}`));
    const sides = { batch: BATCH.slice(0, 10), stream };
    const wide = await compareSides(sides);
    const narrow = await compareSides(sides, { memoryLimitBytes: 600_000 });

    expect(classesOf(narrow)).toEqual({ not_in_stream: 10, not_in_batch: 3_000 });
    const bytesOf = ({ lake, reportKey }: typeof wide) => lake.get(reportKey);
    expect(await bytesOf(narrow)).toEqual(await bytesOf(wide));
  });

  it.each(['write', 'get', 'commit'] as const)(
    'leaves nothing when it is aborted at any %s',
    async (operation) => {
      for (let step = 1, isOver = false; !isOver; step *= 2) {
        const lake = await lakeOf({ batch: BATCH, stream: STREAM });
        const before = await contentOf(lake);
        const controller = new AbortController();
        let count = 0;
        const watched = hookedStore(lake, (done) => {
          if (done === operation && ++count === step) controller.abort(new Error('stopped'));
        });
        const options = { ...OPTIONS, ...TINY, signal: controller.signal };
        const ended = await reconcile(watched, options).then(
          () => 'done',
          (error) => error.message,
        );
        isOver = !controller.signal.aborted;
        // The last write and commit are those of the report itself: too late to stop.
        if (ended === 'done') continue;
        expect(ended).toBe('stopped');
        expect(await contentOf(lake)).toEqual(before);
      }
    },
  );

  it('leaves no work behind when the lake fails', async () => {
    const lake = await lakeOf({ batch: BATCH, stream: STREAM });
    let reads = 0;
    const failing = hookedStore(lake, (operation, key) => {
      if (operation === 'get' && key.startsWith('work/') && ++reads === 5) {
        throw new Error('disk is gone');
      }
    });
    await expect(reconcile(failing, { ...OPTIONS, ...TINY })).rejects.toThrow('disk is gone');
    expect(await keysOf(lake, 'work/')).toEqual([]);
    expect(await keysOf(lake, 'reports/')).toEqual([]);
  });

  it('removes what a killed one left a day ago, and nothing of others', async () => {
    const lake = await lakeOf({ batch: BATCH, stream: STREAM });
    const kept = [
      'work/20260101T000000Z-aaaaaaaa/plan.json',
      'work/reconcile-20260104T120000Z-b/1',
    ];
    for (const key of [...kept, 'work/reconcile-20260103T120000Z-c/1']) {
      await lake.put(key, new Uint8Array(1));
    }
    await reconcile(lake, OPTIONS);
    expect(await keysOf(lake, 'work/')).toEqual(kept);
  });
});

describe('the stream side', () => {
  const parts = [0, 1, 2, 3, 4].map((part) =>
    inOrder(...BATCH).filter((_, index) => index % 5 === part),
  );

  it('is all epochs of the chain, complete manifests or not', async () => {
    for (const completeEvery of [1, 2, 3, 10]) {
      const epochs = parts.map((records, index) => ({
        records,
        watermarkMs: index === 4 ? ALL_FINAL_MS : null,
        isComplete: (index + 1) % completeEvery === 0,
      }));
      const result = await compareSides({ batch: BATCH, stream: epochs });
      expect(classesOf(result)).toEqual({});
      expect(result.epoch).toBe(5);
    }
  });

  it('is that of the consumer', async () => {
    const lake = await lakeOf({ batch: BATCH, stream: STREAM });
    const epochs = [{ records: inOrder(...BATCH), watermarkMs: ALL_FINAL_MS }];
    await publishEpochs(lake, epochs, { consumer: 'replayed' });

    const own = await reconcile(lake, { ...OPTIONS, consumer: 'replayed' });

    expect(classesOf(own)).toEqual({});
    expect(own.reportKey).toMatch(/^consumers\/replayed\/reports\/reconcile\//);
    expect(classesOf(await reconcile(lake, OPTIONS))).toEqual(EXPECTED);
  });

  it('may be empty', async () => {
    const result = await compareSides({ batch: [], stream: [] });
    expect([result.agree, result.reportRows]).toEqual([true, 0]);
  });
});

describe('the batch side', () => {
  it('is what a real run publishes', async () => {
    const line = ({ orderId, productId, timeMs }: LakeRecord) =>
      `${orderId},c1,${productId},${new Date(timeMs).toISOString()},2,1.50,done`;
    const dimensions: [string, string][] = [
      [
        'customers/a.csv',
        'customer_id,customer_name,customer_email,customer_segment,registration_date\n' +
          'c1,Ann,ann@example.com,home,2024-10-04\n',
      ],
      [
        'products/a.csv',
        'product_id,product_name,category,brand,list_price\n' +
          Array.from({ length: 20 }, (_, i) => `p${i},Tea,Drink,,1.99\n`).join(''),
      ],
    ];
    const landing: [string, string][] = [
      ['orders/a.csv', ordersCsv(BATCH.map(line))],
      ...dimensions,
    ];
    const { lake } = await runOver(landing);
    await publishEpochs(lake, [{ records: inOrder(...STREAM), watermarkMs: ALL_FINAL_MS }]);

    const result = await reconcile(lake, OPTIONS);

    expect(classesOf(result)).toEqual(EXPECTED);
  });
});

describe('the report', () => {
  it('has every difference with its records, by class, order id and position', async () => {
    const batch = [
      aRecord('b', { quantity: 1 }),
      aRecord('b', { quantity: 2, outcome: 'duplicate' }),
      aRecord('a'),
      aRecord('q', { outcome: 'active' }),
    ];
    const stream = inOrder(
      aRecord('b', { quantity: 2 }),
      aRecord('b', { quantity: 1, outcome: 'late' }),
      aRecord('q', { outcome: 'quarantined' }),
      aRecord('z', { outcome: 'cancelled', timeMs: T0 + WINDOW_MS }),
    );
    const epochs = [{ records: stream, watermarkMs: T0 }];
    const { lake, reportKey, reportRows } = await compareSides({ batch, stream: epochs });
    const rows = await reportOf(lake, reportKey);

    expect(rows.length).toBe(reportRows);
    const shown = rows.map((row) =>
      [
        row.class,
        row.order_id ?? row.table,
        row.side ?? row.cell,
        row.outcome ?? row.batch_revenue,
        row.source_offset ?? row.sequence_number,
        row.issues ?? row.quantity,
        row.effect_cents,
      ].join(' '),
    );
    expect(shown).toEqual([
      'different_first b batch active 1 1 150',
      'different_first b batch duplicate 2 2 0',
      'different_first b stream active 1 2 -300',
      'different_first b stream late 2 1 0',
      'not_in_stream a batch active 3 2 300',
      'not_in_batch z stream cancelled 4 2 0',
      'window_not_final window_revenue 2026-01-05T00:00:00.000Z p1 7.50   ',
      'unexplained q batch active 4 2 300',
      'unexplained q stream quarantined 3 price_negative 0',
    ]);
  });
});
