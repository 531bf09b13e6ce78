import type { EpochPlan } from '../../../shared/state/epoch-plan.ts';
import type { StreamManifest } from '../../../shared/state/stream-manifest.ts';
import type { EpochDimensions } from '../plan/epoch-dimensions.ts';

/** Writes all files of a planned epoch, its manifest last (stream protocol §3, W and C1). */
export interface EpochWriter {
  /** Those that it writes with, and that planning reads. */
  readonly dimensions: EpochDimensions;
  /**
   * A function of the plan and of immutable objects: repeated, interrupted or side by side it
   * writes the same. `planKey` is where the plan stands in the lake. Throws `TerminalError`
   * `epoch_differs` where a file is there with other bytes.
   */
  write(plan: EpochPlan, planKey: string): Promise<StreamManifest>;
}
