import type { BatchManifest, BatchStatus } from '../../lambdas/batch/run/batch-manifest.ts';

/** A published batch run, whoever ran it. */
export interface BatchRunResult {
  readonly runId: string;
  readonly status: BatchStatus;
  readonly manifestKey: string;
  readonly manifest: BatchManifest;
  readonly durationMs: number;
}
