import { TerminalError } from '../../../shared/model/errors.ts';
import type { EpochMs } from '../../../shared/model/time.ts';
import type { StreamContext } from '../../../shared/state/stream-context.ts';
import { OrderConsumer } from '../../consume/consume-orders.ts';
import type { EpochWriter } from '../../publish/write/epoch-writer.ts';
import { drainStream } from './drain-stream.ts';

export interface DrainStepEvent {
  /** Instant to raise floors to, in ISO 8601, instead of the end of the newest window. */
  readonly to?: string;
  /** Plan again although another version's plan is still young. */
  readonly isReplan?: boolean;
}

export interface DrainStepResult {
  /** In ISO 8601; null: the stream holds nothing. */
  readonly drainedTo: string | null;
  readonly epoch: number | null;
  readonly manifest: string | null;
  readonly watermark: string | null;
}

/**
 * Makes windows final on demand. Throws `TerminalError` `drain_to_invalid` and the errors of
 * `drainStream`.
 */
export async function drainStep(
  context: StreamContext,
  writer: EpochWriter,
  { to, isReplan = false }: DrainStepEvent,
): Promise<DrainStepResult> {
  const options = to === undefined ? { isReplan } : { isReplan, toMs: instantOf(to) };
  const consumer = new OrderConsumer(context);
  const { drainedToMs, plan } = await drainStream(context, consumer, writer, options);
  return {
    drainedTo: textOf(drainedToMs),
    epoch: plan?.epoch ?? null,
    manifest: plan === null ? null : context.lakeKeys.manifest(plan.epoch),
    watermark: textOf(plan?.watermarkMs ?? null),
  };
}

function instantOf(text: string): EpochMs {
  const timeMs = Date.parse(text);
  if (!Number.isNaN(timeMs)) return timeMs as EpochMs;
  throw new TerminalError(
    'drain_to_invalid',
    `to is ${text}; allowed: an instant in ISO 8601, such as 2026-01-31T12:00:00Z`,
  );
}

function textOf(timeMs: number | null): string | null {
  return timeMs === null ? null : new Date(timeMs).toISOString();
}
