import {
  ObjectNotFoundError,
  OutcomeUnknownError,
  RetryableError,
  TerminalError,
} from '../../lambdas/shared/model/errors.ts';
import type { Faults } from './faults.ts';
import type { ProcessKind, SimProcess } from './sim-process.ts';

const KINDS_THAT_CONSUME: ReadonlySet<ProcessKind> = new Set(['consumer', 'drain', 'redrive']);

/** Whether a process may end like this (style §3): everything else is a bug. */
export function isExpected(error: unknown, process: SimProcess, faults: Faults): boolean {
  if (error instanceof RetryableError || error instanceof OutcomeUnknownError) return true;
  // Plans and what belongs to them are kept for longer than any process hangs, but not here.
  // A call of a shard's process may be delivered as late as if it had hung.
  const isLate = process.hasHung || process.kind === 'shard';
  const isSweptUp = faults.has('early_cleaning') && isLate;
  if (error instanceof ObjectNotFoundError) return isSweptUp;
  if (!(error instanceof TerminalError)) return false;
  if (isSweptUp && error.code.endsWith('_missing')) return true;
  // The publisher plans anew then.
  if (process.kind === 'shard' && error.code === 'epoch_differs') return faults.has('left_over');
  // Zombies and mappings that lag behind a seal come here (stream protocol §2.2).
  return error.code === 'ShardSealed' && KINDS_THAT_CONSUME.has(process.kind);
}
