import type { ObjectInfo, ObjectStore } from '../ports/object-store.ts';
import { ObjectNotFoundError, PreconditionFailedError, TerminalError } from '../runtime/errors.ts';

/** An object as it was when it was listed. The unit of size is bytes as stored. */
export type LandingObject = Pick<ObjectInfo, 'key' | 'etag' | 'sizeBytes'>;

/** The objects of a landing zone that a run reads, each list in order of keys (contract §1). */
export interface LandingObjects {
  readonly orders: readonly LandingObject[];
  readonly customers: readonly LandingObject[];
  readonly products: readonly LandingObject[];
}

export async function listLanding(landing: ObjectStore): Promise<LandingObjects> {
  return {
    orders: await listCsv(landing, 'orders/', { isDeep: true }),
    customers: await listDimension(landing, 'customers'),
    products: await listDimension(landing, 'products'),
  };
}

/** The files of one dimension, in order of keys: without a look at the orders beside them. */
export async function listDimension(
  landing: ObjectStore,
  name: 'customers' | 'products',
): Promise<LandingObject[]> {
  return await listCsv(landing, `${name}/`, { isDeep: false });
}

export function isGzip(key: string): boolean {
  return key.endsWith('.gz');
}

/** Of the stream's raw archive (contract §3.1), which `batch --from-raw` reads. */
export function isSegment(key: string): boolean {
  return key.endsWith('.ndjson.zst');
}

async function listCsv(
  landing: ObjectStore,
  prefix: string,
  { isDeep }: { isDeep: boolean },
): Promise<LandingObject[]> {
  const objects: LandingObject[] = [];
  for await (const { key, etag, sizeBytes } of landing.list(prefix)) {
    const names = key.slice(prefix.length).split('/');
    const isHidden = names.some((name) => name.startsWith('.') || name.startsWith('_'));
    if (isHidden || (!isDeep && names.length > 1)) continue;
    if (key.endsWith('.csv') || key.endsWith('.csv.gz')) objects.push({ key, etag, sizeBytes });
  }
  return objects;
}

/** An input that is gone or another one now: the run cannot go on, a new one can. */
export function asInputChanged(key: string, error: unknown): unknown {
  const isChanged =
    error instanceof PreconditionFailedError || error instanceof ObjectNotFoundError;
  if (!isChanged) return error;
  const message = `${key} changed while the run read it; start another run`;
  return new TerminalError('input_changed', message, { cause: error });
}
