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
      duration('0s', '7d', 'how long windows wait for out-of-order records'),
      '30m',
    ),
    dedupeHorizon: v.optional(
      duration(
        '1m',
        '7d',
        'how long a second record of an order id counts as duplicate; at least windows.length',
      ),
      '30m',
    ),
    maxAhead: v.optional(
      duration('0s', '1d', 'how far ahead of its arrival an event time may raise the watermark'),
      '5m',
    ),
    idleAfter: v.optional(
      duration(
        '1s',
        '1d',
        'after this long without records a shard no longer holds back the watermark',
      ),
      '60s',
    ),
    closeAfter: v.optional(
      duration('1s', '7d', 'after this long with all shards idle, open windows are finalised'),
      '30m',
    ),
    batchSize: v.optional(wholeNumber(1, 10_000, 'maximum records consumed at once'), 1_000),
    gatherFor: v.optional(
      duration('0s', '1m', 'maximum time to gather records of a shard into one segment'),
      '1s',
    ),
    every: v.optional(duration('1s', '1h', 'time between two epochs'), '60s'),
    replanAfter: v.optional(
      duration('1m', '1d', 'after this an epoch planned by another version is planned again'),
      '10m',
    ),
    keepObjectsFor: v.optional(
      duration('1h', '3650d', 'how long plans, snapshots and replaced tables are kept'),
      '7d',
    ),
    maxEntriesPerEpoch: v.optional(
      wholeNumber(1, 10_000, 'maximum log entries per shard and epoch'),
      1_000,
    ),
    maxFoldAttempts: v.optional(
      wholeNumber(1, 100, 'times a shard log is read before a missing entry is an error'),
      10,
    ),
    claimBytesPerEntry: v.optional(
      byteSize('1KiB', '256KiB', 'maximum size of the claims of one log entry, before compression'),
      '256KiB',
    ),
    segmentBytes: v.optional(
      byteSize('1KiB', '64MiB', 'maximum size of one segment, before compression'),
      '64MiB',
    ),
    foldCacheBytes: v.optional(
      byteSize('1MiB', '64GiB', 'memory that keeps the claims of shards between batches'),
      '256MiB',
    ),
  }),
  group('The stream. A consumer keeps the times it began with; sizes can change at any time.'),
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
