import { type Config, parseConfig } from '../../lambdas/shared/model/config.ts';
import type { Random } from '../../lib/embedded/generate/random.ts';
import type { Faults } from './faults.ts';

/** What a seed decides beside the faults: times of the stream, sizes, and how much happens. */
export interface Settings {
  readonly config: Config;
  readonly shardCount: number;
  /** Puts of the producer. */
  readonly roundCount: number;
  readonly recordsPerRoundMax: number;
  /** Mean pause between two puts, and how often a long one comes. */
  readonly meanPauseMs: number;
  readonly longPauseRate: number;
  readonly meanDisorderMs: number;
  readonly publishEveryMs: number;
  readonly mappingPollMs: number;
  readonly batchSizeMax: number;
  /** After which a mapping, or whoever starts publishers, takes a process as gone. */
  readonly timeoutMs: number;
  /** Time limit of the consumer's function. */
  readonly functionMs: number;
  readonly retentionMs: number;
  readonly pageItemCount: number;
  readonly meanStepMs: number;
  readonly stickiness: number;
  /** Which group of calls is hot. */
  readonly hotSpot: number;
}

const MINUTE_MS = 60_000;

export function drawSettings(random: Random, faults: Faults): Settings {
  return {
    config: drawConfig(random, faults),
    shardCount: random.between(1, 3),
    roundCount: random.between(8, 30),
    recordsPerRoundMax: random.between(2, 9),
    meanPauseMs: oneOf(random, [5_000, 30_000, 2 * MINUTE_MS]),
    longPauseRate: oneOf(random, [0, 0.05, 0.2]),
    meanDisorderMs: oneOf(random, [1_000, MINUTE_MS, 10 * MINUTE_MS]),
    publishEveryMs: random.between(1, 12) * MINUTE_MS,
    mappingPollMs: oneOf(random, [1_000, 10_000, MINUTE_MS]),
    batchSizeMax: random.between(1, 12),
    timeoutMs: random.between(1, 10) * MINUTE_MS,
    retentionMs: oneOf(random, [2, 10, 60]) * MINUTE_MS,
    pageItemCount: random.between(1, 8),
    meanStepMs: oneOf(random, [1, 5, 30]),
    stickiness: oneOf(random, [0, 0.5, 0.9]),
    hotSpot: random.below(16),
    functionMs: oneOf(random, [8_000, MINUTE_MS, 5 * MINUTE_MS]),
  };
}

export function oneOf<T>(random: Random, values: readonly T[]): T {
  return values[random.below(values.length)];
}

function drawConfig(random: Random, faults: Faults): Config {
  const windowMinutes = oneOf(random, [1, 5, 10]);
  const config = parseConfig({
    windows: { length: `${windowMinutes}m` },
    parquet: { rowGroupRows: 64, codec: 'none' },
    stream: {
      watermarkDelay: oneOf(random, ['0s', '1m', '5m', '30m']),
      dedupeHorizon: `${windowMinutes * oneOf(random, [1, 2, 3])}m`,
      maxAhead: oneOf(random, ['0s', '1m', '5m']),
      idleAfter: oneOf(random, ['10s', '60s', '5m']),
      closeAfter: oneOf(random, ['2m', '30m', '4h']),
      replanAfter: oneOf(random, ['1m', '10m']),
      maxEntriesPerEpoch: faults.has('small_epoch') ? random.between(1, 4) : 1_000,
    },
  });
  // One fold, or all of them.
  const foldCacheBytes = oneOf(random, [1, 1024 ** 2]);
  const keepObjectsForMs = random.between(5, 60) * MINUTE_MS;
  const sizes = faults.has('early_cleaning')
    ? { foldCacheBytes, keepObjectsForMs }
    : { foldCacheBytes };
  if (!faults.has('small_cut')) return withSizes(config, sizes);
  // Smaller than a config may say, so that a few records already fill an entry.
  const segmentBytes = oneOf(random, [1_024, 4_096]);
  const claimBytesPerEntry = random.between(20, 120);
  return withSizes(config, { ...sizes, claimBytesPerEntry, segmentBytes });
}

function withSizes(config: Config, sizes: Partial<Config['stream']>): Config {
  return { ...config, stream: { ...config.stream, ...sizes } };
}

/** Another version may write other bytes for the same rows. */
export function configOfVersion(config: Config, codeVersion: string): Config {
  if (codeVersion === 'v1') return config;
  return { ...config, parquet: { ...config.parquet, encoding: 'plain' } };
}
