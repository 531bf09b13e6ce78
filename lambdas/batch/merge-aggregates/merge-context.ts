import type { Config } from '../../shared/model/config.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import type { PlanHeader } from '../run/batch-plan.ts';
import type { MergeContext } from './merge-aggregates.ts';

/** The same plan and config give the same settings on every host, and so the same bytes. */
export function mergeContext(lake: ObjectStore, plan: PlanHeader, config: Config): MergeContext {
  const { parquet, windows } = config;
  return { lake, runId: plan.runId, windowLengthMs: windows.lengthMs, parquet };
}
