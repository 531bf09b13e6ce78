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
      wholeNumber(1, 10_000, 'on AWS: with more shards, each one is published by its own function'),
      8,
    ),
  }),
  group('Publishing of epochs.'),
);

const functionMemory = (description: string) => byteSize('512MiB', '10240MiB', description);

/** What `cdk deploy` makes. Changing it never changes what tables hold. */
export const aws = v.pipe(
  v.strictObject({
    stackPrefix: v.optional(
      text(
        /^[A-Z][A-Za-z0-9]{0,19}$/,
        'prefix of stack names; a different one is a separate deployment',
        '1 to 20 letters and digits, starting with a capital letter',
      ),
      'Tandem',
    ),
    account: v.optional(
      v.nullable(
        text(
          /^\d{12}$/,
          'refuse to deploy to any other account; null: use that of the credentials',
          '12 digits, in quotes',
        ),
      ),
      null,
    ),
    region: v.optional(
      v.nullable(
        text(
          /^[a-z]{2}(-[a-z]+)+-\d$/,
          'refuse to deploy to any other region; null: use that of the environment',
          'an AWS region such as eu-central-1',
        ),
      ),
      null,
    ),
    batchMemory: v.optional(
      functionMemory('memory of each function of a batch run; 1769MiB is one core'),
      '1769MiB',
    ),
    streamMemory: v.optional(functionMemory('memory of the functions of the stream'), '1769MiB'),
    reconcileMemory: v.optional(
      functionMemory('memory of the function that compares batch and stream'),
      '1769MiB',
    ),
    reconcileEvery: v.optional(
      duration(
        '1m',
        '7d',
        'time between comparisons of batch and stream; each batch run also starts one',
      ),
      '1h',
    ),
    maxParallel: v.optional(
      wholeNumber(
        1,
        5_000,
        'maximum functions of a batch run in parallel, within the concurrency of the account',
      ),
      200,
    ),
    streamMode: v.optional(
      oneOf(['provisioned', 'on_demand'], 'whether aws.shards or AWS sets the number of shards'),
      'provisioned',
    ),
    shards: v.optional(wholeNumber(1, 10_000, 'number of shards of a provisioned stream'), 2),
    retention: v.optional(
      duration('24h', '365d', 'how long the stream keeps records; whole hours'),
      '72h',
    ),
    batchWindow: v.optional(
      duration('0s', '300s', 'how long Lambda gathers records before it calls the consumer'),
      '5s',
    ),
    retryLimit: v.optional(
      v.nullable(
        wholeNumber(0, 10_000, 'retries before Lambda gives up a record batch; null: no limit'),
      ),
      null,
    ),
    bisect: v.optional(
      flag('split a failed record batch in half before a retry; needs a retryLimit'),
      true,
    ),
    alarmEmail: v.optional(
      v.nullable(
        text(
          /^[^@\s]+@[^@\s]+$/,
          'e-mail address that receives the alarms; null: none',
          'an e-mail address',
        ),
      ),
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
  group('The deployment on AWS (`cdk deploy`).'),
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
