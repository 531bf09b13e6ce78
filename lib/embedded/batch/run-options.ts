import type { Config } from '../../../lambdas/shared/model/config.ts';
import type { Clock } from '../../../lambdas/shared/ports/clock.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import type { StreamLakeKeys } from '../../../lambdas/shared/state/lake-keys.ts';
import type { BatchProgress } from './stages.ts';

/** Where a run on this machine reads and writes, and how. */
export interface BatchRunOptions {
  readonly landing: ObjectStore;
  readonly lake: ObjectStore;
  /** The folders of the two stores; without them everything runs in this thread. */
  readonly landingDir?: string;
  readonly lakeDir?: string;
  readonly config: Config;
  /** Number of threads; defaults to the config's. The tables do not depend on it. */
  readonly workers?: number;
  /** Threads are started for this much input; by default 64 MiB, below which one is faster. */
  readonly threadedFromBytes?: number;
  /** Reads the raw archive of this consumer's stream in the lake instead of orders files. */
  readonly fromRaw?: StreamLakeKeys;
  /** A plan whose chunks and buckets are used again. */
  readonly planFile?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: BatchProgress) => void;
  /** Told what could not be removed, by this run or of others before it. */
  readonly onLeftover?: (message: string) => void;
  /** One line for the user about how this run goes, and what would change it. */
  readonly onNote?: (line: string) => void;
  readonly clock?: Clock;
}
