import { availableParallelism } from 'node:os';
import {
  carriedWorkers,
  type MemoryNeeds,
  neededBytes,
} from '../../../lambdas/batch/plan-run/plan-sizes.ts';
import type { BatchRunOptions } from './run-options.ts';

const MAX_DEFAULT_WORKERS = 8;
const DEFAULT_THREADED_FROM_BYTES = 64 * 1024 * 1024;

/** The number of threads that the caller, the config or the machine asks for. */
export function workersOf({ workers, config }: BatchRunOptions): number {
  return workers ?? config.batch.workers ?? Math.min(MAX_DEFAULT_WORKERS, availableParallelism());
}

/** Little input takes one thread, which has room enough. Says where the limit carries fewer. */
export function startedWorkers(options: BatchRunOptions, needs: MemoryNeeds): number {
  if (!isLarge(options, needs.inputBytes)) return needs.workers;
  const carried = carriedWorkers(needs);
  if (carried < needs.workers) options.onNote?.(fewerWorkersNote(needs, carried));
  return carried;
}

function fewerWorkersNote(needs: MemoryNeeds, carried: number): string {
  const mib = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)}MiB`;
  const { workers, memoryLimitBytes } = needs;
  return (
    `starting ${carried} of ${workers} workers: more would spill to disk and be slower within ` +
    `batch.memoryLimitBytes of ${mib(memoryLimitBytes)}; ` +
    `${workers} workers need ${mib(neededBytes(needs, workers))}`
  );
}

/** True if threads are started for that much input. */
export function isLarge({ threadedFromBytes }: BatchRunOptions, inputBytes: number): boolean {
  return inputBytes >= (threadedFromBytes ?? DEFAULT_THREADED_FROM_BYTES);
}
