import { ObjectNotFoundError, PreconditionFailedError, TerminalError } from '../model/errors.ts';
import type { ObjectInfo, ObjectStore } from '../ports/object-store.ts';

/** An object as it was when it was listed. The unit of size is bytes as stored. */
export type LandingObject = Pick<ObjectInfo, 'key' | 'etag' | 'sizeBytes'>;

/** Objects below the three folders that are no input. */
export interface IgnoredObjects {
  readonly count: number;
  /** The key of the first of them; null if there is none. */
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
 * Lists the inputs below the three landing folders (contract §1.1). Names and folders that begin
 * with `.` or `_` are skipped; the first bytes, not the name, decide what an object is.
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

/** Lists the files of one dimension in order of keys, without listing orders. */
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

/**
 * True if the name, or a folder between `prefix` and it, begins with `.` or `_` (contract §1.1).
 */
export function isHidden(key: string, prefix: string): boolean {
  const name = key.slice(prefix.length);
  return /(^|\/)[._]/.test(name);
}

/** What consoles write to show a folder: an object without a byte whose key ends in `/`. */
function isFolderMark(key: string, sizeBytes: number): boolean {
  return sizeBytes === 0 && key.endsWith('/');
}

/**
 * Maps a missing or changed object to `TerminalError` `input_changed`: this run cannot go on, a new
 * one can. Any other error is returned as it is.
 */
export function asInputChanged(key: string, error: unknown): unknown {
  const isChanged =
    error instanceof PreconditionFailedError || error instanceof ObjectNotFoundError;
  if (!isChanged) return error;
  const message = `${key} changed while the run read it; start another run`;
  return new TerminalError('input_changed', message, { cause: error });
}
