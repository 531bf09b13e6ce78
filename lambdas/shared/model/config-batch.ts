import * as v from 'valibot';
import { byteSize, duration, flag, group, rate, wholeNumber } from './config-values.ts';

/** How a batch run works, and when it starts on AWS (architecture §3). */
export const batch = v.pipe(
  v.strictObject({
    chunkBytes: v.optional(
      byteSize('1B', '1GiB', 'bytes of a CSV file that one map step reads'),
      '32MiB',
    ),
    workers: v.optional(
      v.nullable(
        wholeNumber(
          1,
          64,
          'worker threads, as memoryLimitBytes carries; null: one per core, at most 8',
        ),
      ),
      null,
    ),
    memoryLimitBytes: v.optional(
      byteSize('128MiB', '1024GiB', 'resident memory of the process above which a run spills'),
      '768MiB',
    ),
    keepRunsFor: v.optional(
      duration('0s', '3650d', 'older runs are removed, but never the last two'),
      '7d',
    ),
    quietFor: v.optional(
      duration('0s', '15m', 'on AWS: a run starts so long after the last upload'),
      '30s',
    ),
    maxWait: v.optional(
      duration('0s', '7d', 'on AWS: uploads that go on and on hold a run back so long at most'),
      '15m',
    ),
    minInterval: v.optional(
      duration('0s', '7d', 'on AWS: runs start at least so long after one another'),
      '10m',
    ),
    maxRun: v.optional(duration('15m', '7d', 'on AWS: a run that takes longer is stopped'), '6h'),
    maxQuarantined: v.optional(
      rate(
        'a run of 100 records or more is held back if more than this share of them, or of those of ' +
          'its new files, is quarantined; 1: never',
      ),
      0.5,
    ),
    strict: v.optional(flag('exit with 1 on any warning, as a rejected file'), false),
  }),
  group('How a batch run works. None of these changes what the tables hold.'),
  v.transform(({ keepRunsFor, quietFor, maxWait, minInterval, maxRun, ...rest }) => ({
    ...rest,
    keepRunsForMs: keepRunsFor,
    quietForMs: quietFor,
    maxWaitMs: maxWait,
    minIntervalMs: minInterval,
    maxRunMs: maxRun,
  })),
);
