import type { ObjectStore } from '../../../shared/ports/object-store.ts';
import type { StreamContext } from '../../../shared/state/stream-context.ts';
import { FAILED_BATCHES } from '../../consume/count-messages.ts';
import { type RedriveReport, redriveAll } from './redrive-records.ts';

export interface RedriveStepEvent {
  readonly isDryRun?: boolean;
}

/** Reports of one invocation: an answer has 6 MB at most. */
const MAX_REPORTS = 5_000;

/** Begin another message only with at least this much of the time limit left. */
const MIN_TIME_LEFT_MS = 60_000;

export interface RedriveStepResult {
  readonly reports: readonly RedriveReport[];
  /** There may be more messages: call again. */
  readonly isMore: boolean;
}

/** Brings back as many given-up record batches as there is time for. Repeated, it continues. */
export async function redriveStep(
  context: StreamContext,
  failures: ObjectStore,
  { isDryRun = false }: RedriveStepEvent,
  remainingMs: () => number,
): Promise<RedriveStepResult> {
  const reports: RedriveReport[] = [];
  const messages = { store: failures, prefix: FAILED_BATCHES };
  for await (const report of redriveAll(context, messages, { isDryRun })) {
    reports.push(report);
    if (reports.length >= MAX_REPORTS || remainingMs() < MIN_TIME_LEFT_MS) {
      return { reports, isMore: true };
    }
  }
  return { reports, isMore: false };
}
