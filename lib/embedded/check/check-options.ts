import type { Config } from '../../../lambdas/shared/model/config.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import type { BatchProgress } from '../batch/stages.ts';

/** What is checked, and how. */
export interface CheckOptions {
  /** Only read. */
  readonly landing: ObjectStore;
  /** Its folder, if it is one; without it everything runs in this thread. */
  readonly landingDir?: string;
  readonly config: Config;
  /** The lake whose current run is the one before; only read. Null: none is. */
  readonly lake: ObjectStore | null;
  /** Records shown of each issue. */
  readonly examples: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: BatchProgress) => void;
  /** One line for the user about how the run goes. */
  readonly onNote?: (line: string) => void;
}

/** Why a run would not be published. */
export interface Refusal {
  /** The error's code (docs/errors.md). */
  readonly code: string;
  readonly message: string;
}
