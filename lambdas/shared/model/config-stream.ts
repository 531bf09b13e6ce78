import * as v from 'valibot';
import { byteSize, duration, group, text, wholeNumber } from './config-values.ts';

/** Times of the stream (contract §4) and the sizes of what it writes (stream protocol §2, §3). */
export const stream = v.pipe(
  v.strictObject({
    name: v.optional(
      text(/^[a-zA-Z0-9_.-]{1,128}$/, 'name of the stream', '1 to 128 of A-Z a-z 0-9 _ . -'),
      'orders',
    ),
    watermarkDelay: v.optional(
      duration('0s', '7d', 'how long windows wait for records that come out of order'),
      '30m',
    ),
    dedupeHorizon: v.optional(
      duration('1m', '7d', 'how long an order id stays claimed; at least the window'),
      '30m',
    ),
    maxAhead: v.optional(
      duration('0s', '1d', 'event times further ahead of their arrival are capped'),
      '5m',
    ),
    idleAfter: v.optional(
      duration('1s', '1d', 'a shard without records for so long holds nobody back'),
      '60s',
    ),
    closeAfter: v.optional(
      duration('1s', '7d', 'when all shards are idle for so long, open windows become final'),
      '30m',
    ),
    batchSize: v.optional(wholeNumber(1, 10_000, 'records that are consumed at once'), 1_000),
    gatherFor: v.optional(
      duration(
        '0s',
        '1m',
        'how long records of a shard are gathered at most, so that segments are few',
      ),
      '1s',
    ),
    every: v.optional(duration('1s', '1h', 'time between two publications'), '60s'),
    replanAfter: v.optional(
      duration('1m', '1d', 'a planned epoch of another version is planned anew after this'),
      '10m',
    ),
    keepObjectsFor: v.optional(
      duration('1h', '3650d', 'plans, snapshots and replaced tables are removed after this'),
      '7d',
    ),
    maxEntriesPerEpoch: v.optional(
      wholeNumber(1, 10_000, 'log entries of one shard that an epoch takes at most'),
      1_000,
    ),
    maxFoldAttempts: v.optional(
      wholeNumber(1, 100, 'reads of a shard log before a missing entry is an error'),
      10,
    ),
    claimBytesPerEntry: v.optional(
      byteSize('1KiB', '256KiB', 'claims of one log entry, before compression'),
      '256KiB',
    ),
    segmentBytes: v.optional(
      byteSize('1KiB', '64MiB', 'records of one segment, before compression'),
      '64MiB',
    ),
    foldCacheBytes: v.optional(
      byteSize('1MiB', '64GiB', 'memory for the claims of shards between two batches'),
      '256MiB',
    ),
  }),
  group('The stream: its times, which META fixes once it has begun, and its sizes.'),
  v.transform(
    ({
      watermarkDelay,
      dedupeHorizon,
      maxAhead,
      idleAfter,
      closeAfter,
      gatherFor,
      every,
      replanAfter,
      keepObjectsFor,
      ...rest
    }) => ({
      ...rest,
      watermarkDelayMs: watermarkDelay,
      dedupeHorizonMs: dedupeHorizon,
      maxAheadMs: maxAhead,
      idleAfterMs: idleAfter,
      closeAfterMs: closeAfter,
      gatherForMs: gatherFor,
      publishEveryMs: every,
      replanAfterMs: replanAfter,
      keepObjectsForMs: keepObjectsFor,
    }),
  ),
);
