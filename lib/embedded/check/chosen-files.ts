import { statSync } from 'node:fs';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import { FileObjectStore } from '../../../lambdas/shared/adapters/local/file-object-store.ts';
import { compareKeys } from '../../../lambdas/shared/adapters/object-keys.ts';
import {
  assert,
  ObjectNotFoundError,
  TerminalError,
  UsageError,
} from '../../../lambdas/shared/model/errors.ts';
import type {
  GetOptions,
  ObjectInfo,
  ObjectStore,
} from '../../../lambdas/shared/ports/object-store.ts';

interface Place {
  readonly store: ObjectStore;
  readonly key: string;
}

const ORDERS_FOLDER = 'orders/';

/**
 * A landing zone of orders files that lie anywhere, and of the dimensions of another one, if there
 * is one. Nothing is copied, and it can only be read.
 */
export class ChosenFiles implements ObjectStore {
  readonly #files: ReadonlyMap<string, Place>;
  readonly #dimensions: ObjectStore | null;

  constructor(files: ReadonlyMap<string, Place>, dimensions: ObjectStore | null) {
    this.#files = files;
    this.#dimensions = dimensions;
  }

  async head(key: string): Promise<ObjectInfo | null> {
    const place = this.#placeOf(key);
    const info = place === null ? null : await place.store.head(place.key);
    return info === null ? null : { ...info, key };
  }

  async get(key: string, options?: GetOptions): Promise<Uint8Array> {
    const place = this.#foundPlace(key);
    return await place.store.get(place.key, options);
  }

  async getInto(
    key: string,
    target: Uint8Array,
    options: Parameters<ObjectStore['getInto']>[2],
  ): Promise<number> {
    const place = this.#foundPlace(key);
    return await place.store.getInto(place.key, target, options);
  }

  async *stream(key: string, options?: Pick<GetOptions, 'ifMatch'>): AsyncIterable<Uint8Array> {
    const place = this.#foundPlace(key);
    yield* place.store.stream(place.key, options);
  }

  async *list(prefix: string): AsyncIterable<ObjectInfo> {
    for (const key of [...this.#files.keys()].sort(compareKeys)) {
      const info = key.startsWith(prefix) ? await this.head(key) : null;
      if (info !== null) yield info;
    }
    if (this.#dimensions === null || !/^(?:customers|products)\//.test(prefix)) return;
    yield* this.#dimensions.list(prefix);
  }

  put(): never {
    return this.#refuse();
  }

  openWriter(): never {
    return this.#refuse();
  }

  delete(): never {
    return this.#refuse();
  }

  #placeOf(key: string): Place | null {
    const file = this.#files.get(key);
    if (file !== undefined) return file;
    const isOrder = key.startsWith(ORDERS_FOLDER);
    return isOrder || this.#dimensions === null ? null : { store: this.#dimensions, key };
  }

  #foundPlace(key: string): Place {
    const place = this.#placeOf(key);
    if (place === null) throw new ObjectNotFoundError(key);
    return place;
  }

  #refuse(): never {
    assert(false, 'a check writes nothing to the files that it checks');
  }
}

/**
 * The key under which a run would see each file: below `orders/` of the landing folder that it has
 * there, elsewhere `orders/` and its name. Throws `TerminalError` `file_not_found`, and
 * `UsageError` `usage` for a folder and for two files of one key.
 */
export function keysOfFiles(paths: readonly string[], landingDir: string): Map<string, string> {
  const byKey = new Map<string, string>();
  for (const path of paths) {
    assertFile(path);
    const key = keyOf(resolve(path), resolve(landingDir));
    const before = byKey.get(key);
    if (before !== undefined && resolve(before) !== resolve(path)) {
      const message = `${before} and ${path} would both be ${key}; check them one after the other`;
      throw new UsageError('usage', message);
    }
    byKey.set(key, path);
  }
  return byKey;
}

/** A view of the files at these paths, by key; dimensions are those of the landing folder given. */
export function chosenFiles(
  pathOfKey: ReadonlyMap<string, string>,
  dimensionsDir: string | null,
): ChosenFiles {
  const places = [...pathOfKey].map(([key, path]): [string, Place] => {
    const file = resolve(path);
    return [key, { store: new FileObjectStore(dirname(file)), key: basename(file) }];
  });
  const dimensions = dimensionsDir === null ? null : new FileObjectStore(dimensionsDir);
  return new ChosenFiles(new Map(places), dimensions);
}

function keyOf(file: string, landingDir: string): string {
  const below = relative(landingDir, file).split(sep).join('/');
  return below.startsWith(ORDERS_FOLDER) ? below : `${ORDERS_FOLDER}${basename(file)}`;
}

function assertFile(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new TerminalError('file_not_found', `no file ${path}`);
  if (!found.isDirectory()) return;
  const message = `${path} is a folder; name files, or a folder with orders/ in it: --landing DIR`;
  throw new UsageError('usage', message);
}
