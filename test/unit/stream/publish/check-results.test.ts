import { describe, expect, it } from 'vitest';
import type { EpochPlan } from '../../../../lambdas/shared/state/epoch-plan.ts';
import { StreamLakeKeys } from '../../../../lambdas/shared/state/lake-keys.ts';
import type { ShardResult } from '../../../../lambdas/shared/state/shard-result.ts';
import {
  checkPlan,
  checkResults,
} from '../../../../lambdas/stream/publish/commit/check-results.ts';

const keys = new StreamLakeKeys('default', 'orders');

describe('what a plan says of the epochs before it', () => {
  const check = (plan: Partial<EpochPlan>) => checkPlan({ ...FIRST, ...plan } as EpochPlan, keys);
  const FIRST = {
    epoch: 1,
    previousEpoch: 0,
    previous: null,
    watermarkMs: null,
    previousWatermarkMs: null,
  };
  const behind = (previousEpoch: number) => ({
    previousEpoch,
    previous: keys.manifest(previousEpoch),
  });

  it.each<[string, Partial<EpochPlan>]>([
    ['the first epoch has none before it', {}],
    ['the number before', { epoch: 4, ...behind(3) }],
    ['a number further back', { epoch: 9, ...behind(3) }],
    ['a first watermark', { watermarkMs: 5 }],
    ['the watermark of before', { watermarkMs: 5, previousWatermarkMs: 5 }],
    ['a later watermark', { watermarkMs: 6, previousWatermarkMs: 5 }],
    ['a watermark before 1970', { watermarkMs: -5, previousWatermarkMs: -6 }],
  ])('fits together: %s', (_name, plan) => {
    expect(() => check(plan)).not.toThrow();
  });

  it.each<[string, Partial<EpochPlan>, string]>([
    ['a manifest before the first', { previous: keys.manifest(1) }, 'follows the manifest of'],
    ['no manifest before', { epoch: 4, previousEpoch: 3 }, 'follows the manifest of epoch 3'],
    [
      'another manifest before',
      { epoch: 4, previousEpoch: 3, previous: keys.manifest(2) },
      'follows the manifest of epoch 3',
    ],
    ['its own number before', { epoch: 3, ...behind(3) }, 'epoch 3 comes after epoch 3'],
    ['a larger number before', { epoch: 2, ...behind(3) }, 'epoch 2 comes after epoch 3'],
    [
      'an earlier watermark',
      { watermarkMs: 4, previousWatermarkMs: 5 },
      'the watermark of epoch 1 does not move back',
    ],
    ['a watermark that is lost', { previousWatermarkMs: 5 }, 'does not move back'],
    ['a watermark of 1970 that is lost', { previousWatermarkMs: 0 }, 'does not move back'],
    ['one before 1970 that is lost', { previousWatermarkMs: -5 }, 'does not move back'],
  ])('fails when there is %s', (_name, plan, message) => {
    expect(() => check(plan)).toThrow(message);
  });
});

describe('the results of the shards of an epoch', () => {
  const plan = { epoch: 7, shards: [{ shard: 'a' }, { shard: 'b' }] } as unknown as EpochPlan;
  const file = (rows: number) => ({ key: 'k', rows, bytes: 1, sha256: '', partition: null });
  const QUIET = {
    result_format: 1,
    epoch: 7,
    shard: 'a',
    counts: { read: 0, active: 0, cancelled: 0, quarantined: 0, duplicate: 0, late: 0 },
    files: {},
    days: [],
    hours: [],
    products: [],
    windows: [],
  };
  /** Three active orders of 6.00 in all. */
  const BUSY = {
    ...QUIET,
    shard: 'b',
    counts: { read: 10, active: 3, cancelled: 1, quarantined: 1, duplicate: 1, late: 4 },
    files: {
      orders: [file(1), file(2)],
      cancelled: [file(1)],
      quarantine: [file(1)],
      duplicates: [file(1)],
      late: [file(4)],
    },
    days: [
      [20_000, 1, '100'],
      [20_001, 2, '500'],
    ],
    hours: [
      [0, 2, '400'],
      [23, 1, '200'],
    ],
    products: [
      ['p', 1, '599'],
      ['q', 2, '1'],
    ],
    windows: [
      { start_ms: 0, products: [['p', 1, '599']] },
      {
        start_ms: 600_000,
        products: [
          ['p', 1, '0'],
          ['q', 1, '1'],
        ],
      },
    ],
  };
  const check = (change: object, first: object = {}) =>
    checkResults(plan, [
      { ...QUIET, ...first },
      { ...BUSY, ...change },
    ] as unknown as ShardResult[]);

  it('say the same in counts, rows and each of the sums', () => {
    expect(() => check({})).not.toThrow();
  });

  it.each<[string, object]>([
    ['read', { counts: { ...BUSY.counts, read: 11 } }],
    ['active', { counts: { ...BUSY.counts, read: 11, active: 4 } }],
    ['cancelled', { counts: { ...BUSY.counts, read: 11, cancelled: 2 } }],
    ['quarantined', { counts: { ...BUSY.counts, read: 11, quarantined: 2 } }],
    ['duplicate', { counts: { ...BUSY.counts, read: 11, duplicate: 2 } }],
    ['late', { counts: { ...BUSY.counts, read: 11, late: 5 } }],
    ['rows of active orders', { files: { ...BUSY.files, orders: [file(2)] } }],
    ['orders of days', { days: [[20_000, 2, '600']] }],
    ['orders of hours', { hours: [[0, 4, '600']] }],
    ['orders of products', { products: [['p', 2, '600']] }],
    ['orders of windows', { windows: [{ start_ms: 0, products: [['p', 2, '600']] }] }],
    ['cents of days', { days: [[20_000, 3, '601']] }],
    ['cents of hours', { hours: [[0, 3, '599']] }],
    ['cents of products', { products: [['p', 3, '601']] }],
    ['cents of windows', { windows: [{ start_ms: 0, products: [['p', 3, '599']] }] }],
  ])('fail with not_conserved where one of them is another: %s', (_name, change) => {
    expect(() => check(change)).toThrow(
      expect.objectContaining({
        code: 'not_conserved',
        message: expect.stringMatching(/^record counts of b do not match: \{"counts":\{"read":/),
      }),
    );
  });

  it('fail with the numbers of each', () => {
    expect(() => check({ hours: [[0, 3, '599']] })).toThrow(
      'record counts of b do not match: {"counts":{"read":10,"active":3,"cancelled":1,' +
        '"quarantined":1,"duplicate":1,"late":4},"stored":{"active":3,"cancelled":1,' +
        '"quarantined":1,"duplicate":1,"late":4},"sums":["3 orders, 600 cents",' +
        '"3 orders, 599 cents","3 orders, 600 cents","3 orders, 600 cents"]}',
    );
  });

  it('fail where a shard is missing, or one is another, or of another epoch', () => {
    const results = [QUIET] as unknown as ShardResult[];

    expect(() => checkResults(plan, results)).toThrow('a result for each shard of the plan');
    expect(() => check({}, { shard: 'b' })).toThrow('result 0 is that of a');
    expect(() => check({ epoch: 6 })).toThrow('the result of b is of epoch 7');
    expect(() => check({}, { counts: { ...QUIET.counts, read: 1 } })).toThrow(
      'record counts of a do not',
    );
  });
});
