import { describe, expect, it } from 'vitest';
import {
  epochOfFile,
  epochOfKey,
  epochText,
  StreamLakeKeys,
} from '../../../lambdas/shared/state/lake-keys.ts';
import { StateKeys } from '../../../lambdas/shared/state/state-keys.ts';

function everyKey(keys: StreamLakeKeys): string[] {
  return [
    keys.manifests,
    keys.current,
    keys.manifest(7),
    keys.tableRoot('orders'),
    keys.table('orders', 7),
    keys.productTotals(7),
    keys.segments,
    keys.segmentsOf('s1'),
    keys.segment('s1', 42, 'try'),
    keys.state,
    keys.plans,
    keys.plan(7, 'try'),
    keys.dimension('abc'),
    keys.snapshot(7),
    keys.results(7),
    keys.result(7, 's1'),
    keys.reconcileReport('run', 7),
  ];
}

describe('keys in the lake', () => {
  const KEYS = [
    'manifests/stream/',
    'manifests/stream/CURRENT.json',
    'manifests/stream/00000007.json',
    'tables/stream/orders/',
    'tables/stream/orders/epoch=00000007/',
    'snapshots/product_totals/epoch=00000007.csv',
    'raw/stream/clicks/',
    'raw/stream/clicks/s1/',
    'raw/stream/clicks/s1/000000000042-try.ndjson.zst',
    'state/stream/',
    'state/stream/plans/',
    'state/stream/plans/00000007-try.json',
    'state/stream/dimensions/abc',
    'state/stream/snapshots/00000007',
    'state/stream/results/00000007/',
    'state/stream/results/00000007/s1.json',
    'reports/reconcile/run-00000007.parquet',
  ];

  it('are at the root for the default consumer, and below its name for another', () => {
    expect(everyKey(new StreamLakeKeys('default', 'clicks'))).toEqual(KEYS);
    expect(everyKey(new StreamLakeKeys('copy', 'clicks'))).toEqual(
      KEYS.map((key) => `consumers/copy/${key}`),
    );
  });

  it('give the number of their epoch', () => {
    const keys = new StreamLakeKeys('9', 'clicks');

    expect(epochText(123)).toBe('00000123');
    expect(epochOfFile(`${keys.table('orders', 123)}part-8.parquet`)).toBe(123);
    expect(epochOfFile('tables/batch/orders/run=x/part-8.parquet')).toBeNaN();
    expect(epochOfKey(keys.plan(123, 'try'))).toBe(123);
    expect(epochOfKey(keys.manifest(123))).toBe(123);
    expect(epochOfKey('00000009.json')).toBe(9);
    expect(epochOfKey(keys.current)).toBeNaN();
  });
});

it('keys of the state begin with consumer and stream', () => {
  const keys = new StateKeys('copy', 'clicks');

  expect([keys.meta, keys.epochHead, keys.shard('s1'), keys.head('s1')]).toEqual([
    { pk: 'copy/clicks#META', sk: 'STREAM' },
    { pk: 'copy/clicks#EPOCH', sk: 'HEAD' },
    { pk: 'copy/clicks#SHARDS', sk: 's1' },
    { pk: 'copy/clicks#SHARD#s1', sk: 'HEAD' },
  ]);
  expect(keys.shards).toBe('copy/clicks#SHARDS');
  expect(keys.redriven('s1')).toEqual({ pk: 'copy/clicks#SHARD#s1', sk: 'REDRIVEN' });
  expect(keys.log('s1', 42)).toEqual({ pk: 'copy/clicks#SHARD#s1', sk: 'LOG#000000000042' });
  expect(keys.logRange('s1', 9, 42)).toEqual({
    pk: 'copy/clicks#SHARD#s1',
    range: { from: 'LOG#000000000009', to: 'LOG#000000000042' },
  });
});
