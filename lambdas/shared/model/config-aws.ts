import * as v from 'valibot';
import {
  existing,
  keepReportsFor,
  keepVersionsFor,
  logRetention,
  permissionsBoundary,
  tags,
  vpc,
} from './config-account.ts';
import { byteSize, duration, flag, group, oneOf, text, wholeNumber } from './config-values.ts';

/** How epochs are published, where shards can be published side by side. */
export const publish = v.pipe(
  v.strictObject({
    maxShardsInline: v.optional(
      wholeNumber(
        1,
        10_000,
        'on AWS: with more shards, each is published by a function of its own',
      ),
      8,
    ),
  }),
  group('How epochs of the stream are published.'),
);

const functionMemory = (description: string) => byteSize('512MiB', '10240MiB', description);

/** What `cdk deploy` makes. Changing it never changes what tables hold. */
export const aws = v.pipe(
  v.strictObject({
    stackPrefix: v.optional(
      text(
        /^[A-Z][A-Za-z0-9]{0,19}$/,
        'stacks begin with this; another one is another deployment',
        '1 to 20 letters and digits, the first a capital',
      ),
      'Tandem',
    ),
    account: v.optional(
      v.nullable(
        text(
          /^\d{12}$/,
          'deploys to this account only; null: that of the credentials',
          '12 digits, in quotes',
        ),
      ),
      null,
    ),
    region: v.optional(
      v.nullable(
        text(
          /^[a-z]{2}(-[a-z]+)+-\d$/,
          'deploys to this region only; null: that of the environment',
          'a region of AWS, as eu-central-1',
        ),
      ),
      null,
    ),
    batchMemory: v.optional(
      functionMemory('memory of each step of a batch run; 1769MiB is one core'),
      '1769MiB',
    ),
    streamMemory: v.optional(functionMemory('memory of the functions of the stream'), '1769MiB'),
    reconcileMemory: v.optional(
      functionMemory('memory of the function that compares both doors'),
      '1769MiB',
    ),
    reconcileEvery: v.optional(
      duration('1m', '7d', 'both doors are compared so often, and after each batch run'),
      '1h',
    ),
    maxParallel: v.optional(
      wholeNumber(1, 5_000, 'steps of a batch run side by side; within the account’s concurrency'),
      200,
    ),
    streamMode: v.optional(
      oneOf(['provisioned', 'on_demand'], 'who chooses the number of shards'),
      'provisioned',
    ),
    shards: v.optional(wholeNumber(1, 10_000, 'shards of a provisioned stream'), 2),
    retention: v.optional(
      duration('24h', '365d', 'how long the stream keeps records; whole hours'),
      '72h',
    ),
    batchWindow: v.optional(
      duration('0s', '300s', 'records are gathered so long before they are consumed'),
      '5s',
    ),
    retryLimit: v.optional(
      v.nullable(
        wholeNumber(0, 10_000, 'retries before a record batch is given up; null: endless'),
      ),
      null,
    ),
    bisect: v.optional(flag('halve a record batch that failed; only with a retryLimit'), true),
    alarmEmail: v.optional(
      v.nullable(text(/^[^@\s]+@[^@\s]+$/, 'gets the alarms', 'an address')),
      null,
    ),
    existing: v.optional(existing, {}),
    permissionsBoundary,
    vpc: v.optional(vpc, {}),
    logRetention,
    keepVersionsFor,
    keepReportsFor,
    tags,
  }),
  group('What `cdk deploy` makes on AWS.'),
  v.transform((written) => {
    const { retention, batchWindow, batchMemory, streamMemory, ...others } = written;
    const { reconcileMemory, reconcileEvery, logRetention: logDays, ...more } = others;
    const { keepVersionsFor: keepVersionsForMs, keepReportsFor: keepReportsForMs, ...rest } = more;
    return {
      ...rest,
      retentionMs: retention,
      batchWindowMs: batchWindow,
      batchMemoryBytes: batchMemory,
      streamMemoryBytes: streamMemory,
      reconcileMemoryBytes: reconcileMemory,
      reconcileEveryMs: reconcileEvery,
      logRetentionDays: logDays,
      keepVersionsForMs,
      keepReportsForMs,
    };
  }),
);
