import { describe, expect, it } from 'vitest';
import { type Config, DEFAULT_CONFIG, parseConfig } from '../../../lambdas/shared/model/config.ts';
import { totalOf } from '../../../lib/aws/cost/cost-line.ts';
import { estimateBatch } from '../../../lib/aws/cost/estimate-batch.ts';
import { costOfBusyMonth, costOfIdleMonth } from '../../../lib/aws/cost/estimate-month.ts';
import { costOfKeeping } from '../../../lib/aws/cost/estimate-storage.ts';
import { costOfOrders } from '../../../lib/aws/cost/estimate-stream.ts';
import { PRICES } from '../../../lib/aws/cost/prices.ts';

describe('estimateBatch', () => {
  it('plans 100 GB of CSV in about a minute for less than half a dollar', () => {
    const { plan, wallSec, cost } = estimateBatch(100e9, DEFAULT_CONFIG);

    expect(plan).toMatchObject({ chunkCount: 466, bucketCount: 187, rangeCount: 66 });
    expect(wallSec).toBeCloseTo(60.7, 1);
    expect(cost.lambda).toBeCloseTo(0.117, 3);
    expect(cost.stepFunctions).toBeCloseTo(0.036, 3);
    expect(cost.s3).toBeCloseTo(0.158, 3);
    expect(cost.total).toBeCloseTo(0.313, 3);
  });

  it('plans 1 TB in six minutes for less than four dollars, request rates of S3 included', () => {
    const { wallSec, waitingSec, requests, cost } = estimateBatch(1e12, DEFAULT_CONFIG);

    expect(wallSec / 60).toBeCloseTo(6.03, 2);
    expect(cost.total).toBeCloseTo(3.57, 2);
    // 1.39 million reads, of which no second answers more than 5,500.
    expect(requests.gets).toBe(1_386_513);
    expect(waitingSec).toBeCloseTo(125.9, 1);
  });

  it('pays for functions that wait for S3', () => {
    const many = parseConfig({ aws: { maxParallel: 1_000 } });
    const [usual, more] = [DEFAULT_CONFIG, many].map((config) => estimateBatch(1e12, config));
    expect(more.waitingSec).toBeGreaterThan(usual.waitingSec);
    expect(more.cost.lambda).toBeGreaterThan(usual.cost.lambda);
    // 5,500 reads per second for 0.74 million of reduce and 0.52 million of merge steps.
    expect(more.wallSec).toBeGreaterThan((737_212 + 518_105) / 5_500);
  });

  it('plans files as they are: gzip is one chunk each, whatever its size', () => {
    const gzip = { key: 'orders/a.csv.gz', isWhole: true, uncompressedBytes: 1e9 };
    const { plan } = estimateBatch([gzip, { ...gzip, key: 'orders/b.csv.gz' }], DEFAULT_CONFIG);
    expect(plan).toMatchObject({ chunkCount: 2, bucketCount: 4, inputBytes: 2e9 });
  });

  it('takes longer where fewer steps run side by side, for no more money', () => {
    const few = parseConfig({ aws: { maxParallel: 10 } });
    expect(estimateBatch(100e9, few).wallSec).toBeCloseTo(427, 0);
    // None of them waits for S3.
    const { cost } = estimateBatch(100e9, few);
    expect(cost.total).toBeLessThan(estimateBatch(100e9, DEFAULT_CONFIG).cost.total);
  });

  it('takes longer where the account has few functions', () => {
    const few = estimateBatch(100e9, DEFAULT_CONFIG, { status: 'known', functions: 10 });
    expect(few.maxConcurrency).toBe(8);
    expect(few.wallSec).toBe(
      estimateBatch(100e9, parseConfig({ aws: { maxParallel: 8 } })).wallSec,
    );
  });

  it('fails as the run would when the input does not fit', () => {
    expect(() => estimateBatch(8e12, DEFAULT_CONFIG)).toThrow('need 6344 buckets');
  });
});

describe('the cost of the stream', () => {
  it('is 5 cents per million orders, most of it for the log', () => {
    const lines = costOfOrders(DEFAULT_CONFIG, { orders: 1e6 });
    expect(totalOf(lines)).toBeCloseTo(0.0542, 3);
    expect(lines.find(({ service }) => service === 'DynamoDB')?.cost).toBeCloseTo(0.031, 3);
  });

  it('is more where segments hold few records', () => {
    const full = totalOf(costOfOrders(DEFAULT_CONFIG, { orders: 1e6 }));
    const thin = totalOf(costOfOrders(DEFAULT_CONFIG, { orders: 1e6, recordsPerEntry: 10 }));
    // 100,000 PUT requests and calls of the function instead of 1,000.
    expect(thin - full).toBeCloseTo(99_000 * (0.005e-3 + 0.2e-6 + 2e-6 * 0.59), 3);
  });

  it('is that of two shards, of keeping beyond a day and of alarms while nothing happens', () => {
    const lines = costOfIdleMonth(DEFAULT_CONFIG);
    expect(totalOf(lines)).toBeCloseTo(64.41, 2);
    expect(lines[0].cost).toBeCloseTo(730 * 2 * 0.015, 5);
    expect(lines[1].cost).toBeCloseTo(730 * 2 * 0.02, 5);
  });

  it('has nothing for keeping where records are kept a day', () => {
    const day = parseConfig({ aws: { retention: '24h' } });
    const more = totalOf(costOfIdleMonth(DEFAULT_CONFIG)) - totalOf(costOfIdleMonth(day));
    expect(more).toBeCloseTo(29.2, 5);
  });

  it('counts by the gigabyte what is records kept for more than seven days', () => {
    const long = parseConfig({ aws: { retention: '30d' } });
    const line = costOfOrders(long, { orders: 1e9 }).find(({ what }) => /seven days/.test(what));
    // 1,024 GB for 23 of 30.4 days.
    expect(line?.cost).toBeCloseTo((1024 * 23 * 0.023) / (730 / 24), 5);
    expect(costOfOrders(DEFAULT_CONFIG, { orders: 1e9 }).map(({ what }) => what)).not.toContain(
      'records kept for more than seven days',
    );
  });

  it('follows the mode of the stream', () => {
    const onDemand = parseConfig({ aws: { streamMode: 'on_demand' } });
    expect(costOfIdleMonth(onDemand)[0].cost).toBeCloseTo(730 * 0.04, 5);
    const [, kept] = costOfOrders(onDemand, { orders: 1e9 });
    // 72 hours: two days beyond the first.
    expect(kept.cost).toBeCloseTo((1024 * 2 * 0.1) / (730 / 24), 5);
  });

  it('grows with the orders that are compared each hour', () => {
    const costOf = (orders: number) => totalOf(costOfBusyMonth(DEFAULT_CONFIG, { orders }));
    // 909 s of one core for 80 million, 730 times.
    const seconds = (80e6 / 88_000) * 730;
    expect(costOf(80e6) - costOf(0)).toBeCloseTo(seconds * (1769 / 1024) * 0.0000133334, 2);
  });

  it('grows with the copies that runs keep', () => {
    const costOf = (runsPerDay: number) =>
      costOfKeeping(DEFAULT_CONFIG, { orders: 1e9, bytesPerOrder: 57, runsPerDay })[1];
    expect(costOf(24).what).toBe('batch tables of 168 runs');
    expect(costOf(24).cost).toBeCloseTo(57 * 0.45 * 168 * 0.023, 2);
    expect(costOf(1).what).toBe('batch tables of 7 runs');
  });

  it('has what runs removed for a day and a half, as old versions', () => {
    const lines = costOfKeeping(DEFAULT_CONFIG, { orders: 1e9, bytesPerOrder: 57, runsPerDay: 24 });
    const line = lines.find(({ what }) => what === 'old versions of deleted objects');
    expect(line?.cost).toBeCloseTo(57 * (0.45 + 0.68) * 24 * 1.5 * 0.023, 2);
  });

  it('has requests to a key where the config names one', () => {
    const existing = { kmsKey: 'arn:aws:kms:eu-central-1:111111111111:key/1234' };
    const services = (config: Config) => costOfIdleMonth(config).map(({ service }) => service);
    expect(services(DEFAULT_CONFIG)).not.toContain('KMS');
    expect(services(parseConfig({ aws: { existing } }))).toContain('KMS');
  });

  it('has less for logs that are kept for a shorter time', () => {
    const logsOf = (config: Config) =>
      costOfIdleMonth(config).find(({ what }) => what === 'logs')?.cost ?? 0;
    const short = parseConfig({ aws: { logRetention: '30d' } });
    expect(logsOf(short)).toBeLessThan(logsOf(DEFAULT_CONFIG));
  });

  it('is by prices that say their day', () => {
    expect(PRICES.asOf).toMatch(/^\d{4}-\d\d-\d\d$/);
  });
});
