import * as v from 'valibot';
import { byteSize, duration, flag, group, rate, wholeNumber } from './config-values.ts';

/** How a batch run works, and when it starts on AWS (architecture §3). */
export const batch = v.pipe(
  v.strictObject({
    chunkBytes: v.optional(byteSize('1B', '1GiB', 'bytes of a file per map step'), '32MiB'),
    workers: v.optional(
      v.nullable(
        wholeNumber(
          1,
          64,
          'maximum worker threads, fewer if memoryLimitBytes requires it; null: one per core, up to 8',
        ),
      ),
      null,
    ),
    memoryLimitBytes: v.optional(
      byteSize('128MiB', '1024GiB', 'memory of the process (RSS) above which a run spills to disk'),
      '768MiB',
    ),
    keepRunsFor: v.optional(
      duration('0s', '3650d', 'how long runs are kept; the last two always are'),
      '7d',
    ),
    quietFor: v.optional(
      duration('0s', '15m', 'on AWS: a run starts this long after the last upload'),
      '30s',
    ),
    maxWait: v.optional(
      duration('0s', '7d', 'on AWS: longest that continuing uploads delay a run'),
      '15m',
    ),
    minInterval: v.optional(
      duration('0s', '7d', 'on AWS: minimum time between the starts of two runs'),
      '10m',
    ),
    maxRun: v.optional(duration('15m', '7d', 'on AWS: a run that takes longer is stopped'), '6h'),
    maxQuarantined: v.optional(
      rate(
        'maximum share of quarantined records: a run of 100 records or more with a larger share, over ' +
          'all files or over its new files, is not published; 1: no limit',
      ),
      0.5,
    ),
    strict: v.optional(flag('exit with 1 if there is any warning, such as a rejected file'), false),
  }),
  group('Batch runs. No key of this group changes the contents of tables.'),
  v.transform(({ keepRunsFor, quietFor, maxWait, minInterval, maxRun, ...rest }) => ({
    ...rest,
    keepRunsForMs: keepRunsFor,
    quietForMs: quietFor,
    maxWaitMs: maxWait,
    minIntervalMs: minInterval,
    maxRunMs: maxRun,
  })),
);
