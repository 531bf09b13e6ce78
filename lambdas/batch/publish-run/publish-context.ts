import { Dimension, type DimensionData } from '../../shared/dimensions/joined-dimension.ts';
import type { Config } from '../../shared/model/config.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import type { BatchPlan } from '../run/batch-plan.ts';
import type { PublishContext } from './publish-run.ts';

/** The same plan and config give the same settings on every host, and so the same bytes. */
export function publishContext(
  lake: ObjectStore,
  { runId }: Pick<BatchPlan, 'runId'>,
  { parquet, batch }: Config,
  products: DimensionData,
): PublishContext {
  const { maxQuarantined } = batch;
  return { lake, runId, parquet, products: new Dimension(products), maxQuarantined };
}
