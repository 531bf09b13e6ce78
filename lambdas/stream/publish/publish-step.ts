import type { Warning } from '../../shared/model/warning.ts';
import { NO_TIME } from '../../shared/rules/lateness.ts';
import type { StreamContext } from '../../shared/state/stream-context.ts';
import { readShards } from '../shards/shard-registry.ts';
import { type PublishResult, publishEpoch } from './publish-epoch.ts';
import type { EpochWriter } from './write/epoch-writer.ts';

/** Epochs of one run, where entries wait that no single epoch takes. */
const MAX_EPOCHS = 20;

/** Begin another epoch only with at least this much of the time limit left. */
const MIN_TIME_LEFT_MS = 240_000;

/** A run of the publisher, as it is told to an operator. */
export interface PublishStepResult {
  readonly status: PublishResult['status'];
  readonly epochs: readonly number[];
  /** Records read in those epochs. */
  readonly read: number;
  readonly quarantined: number;
  /** Warnings of each of those epochs, in sequence (contract §2.3). */
  readonly warnings: readonly Warning[];
  /** Seconds from the watermark to the newest event; null before the first one. */
  readonly watermarkLagSec: number | null;
}

/** One run of the schedule: publishes until nothing is new, or too little time is left. */
export async function publishStep(
  context: StreamContext,
  writer: EpochWriter,
  remainingMs: () => number,
): Promise<PublishStepResult> {
  const epochs: number[] = [];
  let read = 0;
  let quarantined = 0;
  const warnings: Warning[] = [];
  let result = await publishEpoch(context, writer);
  while (result.status === 'published') {
    const { epoch, epoch_counts: counts } = result.manifest;
    epochs.push(epoch);
    read += counts.read;
    quarantined += counts.quarantined;
    warnings.push(...result.manifest.epoch_warnings);
    const isFull = result.plan.shards.some(
      ({ entries }) => entries.length >= context.config.stream.maxEntriesPerEpoch,
    );
    if (!isFull || epochs.length >= MAX_EPOCHS || remainingMs() < MIN_TIME_LEFT_MS) break;
    result = await publishEpoch(context, writer);
  }
  const watermarkLagSec = await lagOf(context, result);
  return { status: result.status, epochs, read, quarantined, warnings, watermarkLagSec };
}

async function lagOf(context: StreamContext, result: PublishResult): Promise<number | null> {
  const isKnown = result.status === 'published' || result.status === 'nothing_new';
  const watermarkMs = isKnown ? (result.plan?.watermarkMs ?? null) : null;
  if (watermarkMs === null) return null;
  const shards = await readShards(context);
  const newestMs = Math.max(NO_TIME, ...shards.map(({ head }) => head.maxEventTimeMs));
  return Math.max(0, Math.round((newestMs - watermarkMs) / 1000));
}
