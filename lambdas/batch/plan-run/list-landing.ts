import type { ObjectStore } from '../../shared/ports/object-store.ts';
import type { PlannedObject } from '../batch-plan.ts';

/** The objects of a landing zone that a run reads, each list in order of keys (contract §1). */
export interface LandingObjects {
  readonly orders: readonly PlannedObject[];
  readonly customers: readonly PlannedObject[];
  readonly products: readonly PlannedObject[];
}

export async function listLanding(landing: ObjectStore): Promise<LandingObjects> {
  return {
    orders: await listCsv(landing, 'orders/', { isDeep: true }),
    customers: await listCsv(landing, 'customers/', { isDeep: false }),
    products: await listCsv(landing, 'products/', { isDeep: false }),
  };
}

export function isGzip(key: string): boolean {
  return key.endsWith('.gz');
}

async function listCsv(
  landing: ObjectStore,
  prefix: string,
  { isDeep }: { isDeep: boolean },
): Promise<PlannedObject[]> {
  const objects: PlannedObject[] = [];
  for await (const { key, etag, sizeBytes } of landing.list(prefix)) {
    const names = key.slice(prefix.length).split('/');
    const isHidden = names.some((name) => name.startsWith('.') || name.startsWith('_'));
    if (isHidden || (!isDeep && names.length > 1)) continue;
    if (key.endsWith('.csv') || key.endsWith('.csv.gz')) objects.push({ key, etag, sizeBytes });
  }
  return objects;
}
