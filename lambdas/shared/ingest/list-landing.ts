import { ObjectNotFoundError, PreconditionFailedError, TerminalError } from '../model/errors.ts';
import type { ObjectInfo, ObjectStore } from '../ports/object-store.ts';

/** An object as it was when it was listed. The unit of size is bytes as stored. */
export type LandingObject = Pick<ObjectInfo, 'key' | 'etag' | 'sizeBytes'>;

/** Objects below the three folders that are no input. */
export interface IgnoredObjects {
  readonly count: number;
  /** The key of the first of them; null where there is none. */
  readonly example: string | null;
}

/** The objects of a landing zone that a run reads, each list in order of keys (contract §1). */
export interface LandingObjects {
  readonly orders: readonly LandingObject[];
  readonly customers: readonly LandingObject[];
  readonly products: readonly LandingObject[];
  readonly ignored: IgnoredObjects;
}

/**
 * Every object below the three folders is an input, whatever it is called, but for names and
 * folders that begin with `.` or `_`; what an object is, its first bytes say (contract §1.1).
 */
export async function listLanding(landing: ObjectStore): Promise<LandingObjects> {
  const orders = await listInputs(landing, 'orders');
  const customers = await listInputs(landing, 'customers');
  const products = await listInputs(landing, 'products');
  const folders = [orders, customers, products];
  return {
    orders: orders.objects,
    customers: customers.objects,
    products: products.objects,
    ignored: {
      count: folders.reduce((sum, { ignored }) => sum + ignored.count, 0),
      example: folders.find(({ ignored }) => ignored.example !== null)?.ignored.example ?? null,
    },
  };
}

/** The files of one dimension, in order of keys: without a look at the orders beside them. */
export async function listDimension(
  landing: ObjectStore,
  name: 'customers' | 'products',
): Promise<LandingObject[]> {
  return (await listInputs(landing, name)).objects;
}

async function listInputs(
  landing: ObjectStore,
  folder: 'orders' | 'customers' | 'products',
): Promise<{ readonly objects: LandingObject[]; readonly ignored: IgnoredObjects }> {
  const prefix = `${folder}/`;
  const objects: LandingObject[] = [];
  let count = 0;
  let example: string | null = null;
  for await (const { key, etag, sizeBytes } of landing.list(prefix)) {
    if (isHidden(key, prefix)) {
      count += 1;
      example ??= key;
    } else if (!isFolderMark(key, sizeBytes)) {
      objects.push({ key, etag, sizeBytes });
    }
  }
  return { objects, ignored: { count, example } };
}

/** True for a name, or a folder on the way to it below `prefix`, that begins with `.` or `_`. */
export function isHidden(key: string, prefix: string): boolean {
  const name = key.slice(prefix.length);
  return /(^|\/)[._]/.test(name);
}

/** What consoles write to show a folder: an object without a byte whose key ends in `/`. */
function isFolderMark(key: string, sizeBytes: number): boolean {
  return sizeBytes === 0 && key.endsWith('/');
}

/** An input that is gone or another one now: the run cannot go on, a new one can. */
export function asInputChanged(key: string, error: unknown): unknown {
  const isChanged =
    error instanceof PreconditionFailedError || error instanceof ObjectNotFoundError;
  if (!isChanged) return error;
  const message = `${key} changed while the run read it; start another run`;
  return new TerminalError('input_changed', message, { cause: error });
}
