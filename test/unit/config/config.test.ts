import { describe, expect, it } from 'vitest';
import { checkConfig, DEFAULT_CONFIG, parseConfig } from '../../../lambdas/shared/model/config.ts';
import { configHash } from '../../../lambdas/shared/model/config-hash.ts';

const messagesOf = (input: unknown): string[] => {
  const checked = checkConfig(input);
  return checked.ok ? [] : checked.problems.map((problem) => problem.message);
};

describe('defaults', () => {
  it('hold where nothing is given, whether the config or a group is left out or empty', () => {
    expect(parseConfig({})).toEqual(DEFAULT_CONFIG);
    expect(parseConfig(null)).toEqual(DEFAULT_CONFIG);
    expect(parseConfig({ batch: null, rules: {} })).toEqual(DEFAULT_CONFIG);
  });

  it('are those of the contract', () => {
    expect(DEFAULT_CONFIG.batch).toEqual({
      chunkBytes: 33_554_432,
      workers: null,
      memoryLimitBytes: 805_306_368,
      keepRunsForMs: 604_800_000,
      quietForMs: 30_000,
      maxWaitMs: 900_000,
      minIntervalMs: 600_000,
      maxRunMs: 21_600_000,
      maxQuarantined: 0.5,
      strict: false,
    });
    expect(DEFAULT_CONFIG.windows).toEqual({ lengthMs: 600_000 });
    expect(DEFAULT_CONFIG.parquet).toEqual({
      codec: 'zstd',
      zstdLevel: 1,
      encoding: 'compact',
      rowGroupRows: 131_072,
    });
    expect(DEFAULT_CONFIG.rules.statuses).toEqual({
      complete: 'completed',
      completed: 'completed',
      done: 'completed',
      cancelled: 'cancelled',
      canceled: 'cancelled',
      cancel: 'cancelled',
      pending: 'pending',
      processing: 'processing',
      in_progress: 'processing',
      'in progress': 'processing',
    });
  });

  it('generate 13 spellings of the status, 3 of them cancelled, all known to the rules', () => {
    const known = new Map(Object.entries(DEFAULT_CONFIG.rules.statuses));
    const statuses = DEFAULT_CONFIG.generate.statuses.map((text) => known.get(text.toLowerCase()));
    expect(statuses).toHaveLength(13);
    expect(statuses.filter((status) => status === 'cancelled')).toHaveLength(3);
    expect(statuses).not.toContain(undefined);
  });
});

describe('values', () => {
  it('reads durations as milliseconds', () => {
    const stream = { dedupeHorizon: '1d' };
    const lengthMs = (length: string) => {
      return parseConfig({ windows: { length }, stream }).windows.lengthMs;
    };
    expect(['90500ms', '60s', '30m', '2h', '1d'].map(lengthMs)).toEqual([
      90_500, 60_000, 1_800_000, 7_200_000, 86_400_000,
    ]);
  });

  it('fails when an order id would be free again within its window', () => {
    expect(() => parseConfig({ windows: { length: '1h' } })).toThrow(
      'stream.dedupeHorizon is "30m"; allowed: at least windows.length',
    );
  });

  it('reads sizes as bytes, with a unit or without', () => {
    const bytes = (chunkBytes: unknown) => parseConfig({ batch: { chunkBytes } }).batch.chunkBytes;
    expect([1, '17B', '512KiB', '32 MiB', '1GiB'].map(bytes)).toEqual([
      1, 17, 524_288, 33_554_432, 1_073_741_824,
    ]);
  });

  it('adds spellings of statuses to the default, and takes out those set to null', () => {
    const own = { shipped: 'completed', done: 'pending', cancel: null };
    const { statuses } = parseConfig({ rules: { statuses: own } }).rules;

    expect(statuses).toEqual({
      complete: 'completed',
      completed: 'completed',
      done: 'pending',
      cancelled: 'cancelled',
      canceled: 'cancelled',
      pending: 'pending',
      processing: 'processing',
      in_progress: 'processing',
      'in progress': 'processing',
      shipped: 'completed',
    });
    expect(parseConfig({ rules: { statuses: {} } }).rules).toEqual(DEFAULT_CONFIG.rules);
  });

  it('takes spellings that are not ASCII', () => {
    const { statuses } = parseConfig({
      rules: { statuses: { erledigt: 'completed', Ärger: 'pending' } },
    }).rules;

    expect(statuses).toMatchObject({ erledigt: 'completed', Ärger: 'pending' });
  });

  it('keeps the first record of an order id unless the config says otherwise', () => {
    expect(DEFAULT_CONFIG.rules.keep).toBe('first');
    expect(parseConfig({ rules: { keep: 'last' } }).rules.keep).toBe('last');
  });
});

/** Every spelling of the default taken out. */
const NO_STATUS = Object.fromEntries(
  Object.keys(DEFAULT_CONFIG.rules.statuses).map((spelling) => [spelling, null]),
);

describe('problems', () => {
  it.each([
    [
      { batch: { workers: 0 } },
      'batch.workers is 0; allowed: a whole number from 1 to 64, or null',
    ],
    [
      { batch: { workers: 1.5 } },
      'batch.workers is 1.5; allowed: a whole number from 1 to 64, or null',
    ],
    [{ batch: { strict: 'yes' } }, 'batch.strict is "yes"; allowed: true or false'],
    [{ parquet: { codec: 'gzip' } }, 'parquet.codec is "gzip"; allowed: zstd, snappy, none'],
    [
      { generate: { duplicateRate: 1.01 } },
      'generate.duplicateRate is 1.01; allowed: a number from 0 to 1',
    ],
    [
      { generate: { from: '2026-02-30' } },
      'generate.from is "2026-02-30"; allowed: a day from 1970-01-01 to 2199-12-31',
    ],
    [
      { generate: { from: '2026-03-01' } },
      'generate.to is "2026-01-31"; allowed: not less than generate.from',
    ],
    [{ paths: { lake: ' ' } }, 'paths.lake is " "; allowed: a folder path'],
    [{ parquet: 5 }, 'parquet is 5; allowed: a group of keys'],
    [{ batch: [] }, 'batch is []; allowed: a group of keys'],
    [[], 'the config is []; allowed: a group of keys'],
  ])('fails when given %j and says what is allowed', (input, message) => {
    expect(messagesOf(input)).toContain(message);
  });

  it.each([
    ['batch', 'chunkBytes', 0],
    ['batch', 'chunkBytes', '2GiB'],
    ['batch', 'chunkBytes', '32MB'],
    ['batch', 'memoryLimitBytes', '1MiB'],
    ['batch', 'keepRunsFor', '7 d'],
    ['batch', 'keepRunsFor', 7],
    ['windows', 'length', '0s'],
    ['windows', 'length', '10'],
    ['windows', 'length', '25h'],
    ['parquet', 'zstdLevel', 20],
    ['parquet', 'rowGroupRows', 1_048_577],
    ['generate', 'products', Number.NaN],
    ['generate', 'statuses', []],
    ['generate', 'statuses', ['a,b']],
    ['generate', 'statuses', ['a"b']],
    ['rules', 'statuses', NO_STATUS],
    ['rules', 'keep', 'newest'],
    ['rules', 'statuses', ['completed']],
    ['rules', 'statuses', { Done: 'completed' }],
    ['rules', 'statuses', { ' done': 'completed' }],
    ['rules', 'statuses', { 'done\f': 'completed' }],
    ['rules', 'statuses', { '': 'completed' }],
    ['rules', 'statuses', { null: 'completed' }],
    ['rules', 'statuses', { done: 'finished' }],
  ])('fails when %s.%s is %j', (group, key, value) => {
    const [message, ...others] = messagesOf({ [group]: { [key]: value } });
    expect(message).toContain(`${group}.${key}`);
    expect(message).toContain('; allowed: ');
    expect(others).toEqual([]);
  });

  it.each([
    [{ batch: { chunkBites: 1 } }, 'unknown key batch.chunkBites; did you mean batch.chunkBytes?'],
    [{ chunkBytes: 1 }, 'unknown key chunkBytes; did you mean batch.chunkBytes?'],
    [{ window: {} }, 'unknown key window; did you mean windows?'],
    [{ zzzzzzzzzzzzzzz: 1 }, 'unknown key zzzzzzzzzzzzzzz'],
  ])('fails when a key is unknown and names the nearest: %j', (input, message) => {
    expect(messagesOf(input)).toEqual([message]);
  });

  it('are reported all at once, and parseConfig fails with them', () => {
    const input = { batch: { workers: 0 }, windows: { length: 'x' }, parket: {} };
    expect(messagesOf(input)).toHaveLength(3);
    expect(() => parseConfig(input)).toThrow(
      expect.objectContaining({ name: 'UsageError', code: 'config_invalid' }),
    );
  });
});

describe('configHash', () => {
  it('stays what it is: manifests hold it', () => {
    expect(configHash(DEFAULT_CONFIG)).toBe(
      'b75404c2995c0d0489e4582310e17a610aa4c23b882554ea445e1f31e96edf78',
    );
  });

  it('does not depend on how the work is done nor on the order of keys', () => {
    const other = parseConfig({
      batch: { workers: 3, chunkBytes: 5 },
      parquet: { zstdLevel: 1, codec: 'zstd' },
      paths: { lake: 'elsewhere' },
    });
    expect(configHash(other)).toBe(configHash(DEFAULT_CONFIG));
  });

  it.each([
    [{ windows: { length: '5m' } }],
    [{ parquet: { codec: 'none' } }],
    [{ rules: { statuses: { ok: 'completed' } } }],
    [{ rules: { statuses: { done: null } } }],
    [{ rules: { keep: 'last' } }],
  ])('changes with %j', (input) => {
    expect(configHash(parseConfig(input))).not.toBe(configHash(DEFAULT_CONFIG));
  });
});

describe('reconcile.since', () => {
  it('is an instant, held in milliseconds; without it everything is compared', () => {
    const since = '2026-01-15T09:00:00Z';
    expect(parseConfig({ reconcile: { since } }).reconcile.sinceMs).toBe(1_768_467_600_000);
    expect(DEFAULT_CONFIG.reconcile.sinceMs).toBe(null);
  });

  it.each(['2026-01-15', '2026-02-30T25:00:00Z', 'stream', 7])('fails when it is %j', (since) => {
    expect(() => parseConfig({ reconcile: { since } })).toThrow(
      'an instant in UTC, such as 2026-01-31T09:00:00Z',
    );
  });
});

describe('what an account asks for', () => {
  it('is nothing by default, and so where a group is left empty', () => {
    const { existing, vpc, tags } = DEFAULT_CONFIG.aws;
    expect(new Set(Object.values(existing))).toEqual(new Set([null]));
    expect([vpc, tags]).toEqual([{ id: null, subnets: [], securityGroups: [] }, {}]);
    expect(parseConfig({ aws: { existing: null, vpc: null, tags: null } })).toEqual(DEFAULT_CONFIG);
  });

  it.each([
    ['existing', { stream: 'arn:aws:kinesis:eu-central-1:111111111111:stream/orders' }],
    ['existing', { kmsKey: 'mrk-0123456789abcdef0123456789abcdef' }],
    ['permissionsBoundary', 'arn:aws:iam::111111111111:policy/team/Developers'],
    ['tags', { 'cost:centre': '42', größe: '' }],
  ])('can be aws.%s %j', (key, value) => {
    expect(messagesOf({ aws: { [key]: value } })).toEqual([]);
  });

  it.each([
    [
      'vpc',
      { id: 'vpc-12345678' },
      'aws.vpc.subnets is []; allowed: at least one, because aws.vpc.id',
    ],
    [
      'vpc',
      { subnets: ['subnet-12345678'] },
      'aws.vpc.id is null; allowed: a VPC id, because subnets',
    ],
    [
      'vpc',
      { securityGroups: ['sg-12345678'] },
      'aws.vpc.id is null; allowed: a VPC id, because subn',
    ],
    [
      'vpc',
      { id: 'vpc-12345678', subnets: ['a'] },
      'aws.vpc.subnets[0] is "a"; allowed: a list of',
    ],
    ['existing', [], 'aws.existing is []; allowed: a group of keys'],
    ['existing', { bucket: 'b' }, 'unknown key aws.existing.bucket'],
    [
      'existing',
      { landingBucket: 'No' },
      'aws.existing.landingBucket is "No"; allowed: a bucket name',
    ],
    [
      'existing',
      { kmsKey: 'alias/k' },
      'aws.existing.kmsKey is "alias/k"; allowed: a key id or ARN',
    ],
    ['logRetention', '2d', 'aws.logRetention is "2d"; allowed: 1d, 3d, 5d'],
    ['tags', { 'aws:a': 'b' }, 'aws.tags.aws:a is "b"; allowed: up to 40 names with a text each'],
  ])('cannot be aws.%s %j', (key, value, message) => {
    expect(messagesOf({ aws: { [key]: value } }).join()).toContain(message);
  });
});
