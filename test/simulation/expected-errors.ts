import {
  OutcomeUnknownError,
  RetryableError,
  TerminalError,
} from '../../lambdas/shared/runtime/errors.ts';
import type { SimProcess } from './sim-process.ts';

/** Whether a process may end like this (style §3): everything else is a bug. */
export function isExpected(error: unknown, process: SimProcess): boolean {
  if (error instanceof RetryableError || error instanceof OutcomeUnknownError) return true;
  if (!(error instanceof TerminalError)) return false;
  // Zombies and mappings that lag behind a seal come here (stream protocol §2.2).
  return process.kind !== 'publisher' && error.code === 'ShardSealed';
}
