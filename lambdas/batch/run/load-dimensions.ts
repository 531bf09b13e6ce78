import { type LoadedDimension, loadDimension } from '../../shared/dimensions/load-dimension.ts';
import type { Config } from '../../shared/model/config.ts';
import { CUSTOMERS, PRODUCTS } from '../../shared/model/dimension.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import type { BatchPlan } from './batch-plan.ts';

interface LoadedDimensions {
  readonly customers: LoadedDimension;
  readonly products: LoadedDimension;
}

/** Throws `TerminalError` as `loadDimension` does. */
export async function loadDimensions(
  landing: ObjectStore,
  plan: Pick<BatchPlan, 'customers' | 'products'>,
  config: Config,
): Promise<LoadedDimensions> {
  return {
    customers: await loadDimension(landing, CUSTOMERS, plan.customers, config),
    products: await loadDimension(landing, PRODUCTS, plan.products, config),
  };
}
