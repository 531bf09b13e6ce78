import {
  assertKey,
  assertPrefix,
  assertRange,
  assertRangeFits,
  compareKeys,
} from '../../../lambdas/shared/adapters/object-keys.ts';
import {
  assert,
  ObjectNotFoundError,
  PreconditionFailedError,
} from '../../../lambdas/shared/model/errors.ts';
import type { Clock } from '../../../lambdas/shared/ports/clock.ts';
import type {
  GetOptions,
  ObjectInfo,
  ObjectStore,
  ObjectWriter,
  PutCondition,
} from '../../../lambdas/shared/ports/object-store.ts';
import { VirtualClock } from './virtual-clock.ts';

interface StoredObject {
  readonly bytes: Uint8Array;
  readonly info: ObjectInfo;
}

/**
 * Objects in a map, for tests and simulations. Nothing stored or handed out shares memory with a
 * caller.
 */
export class MemoryObjectStore implements ObjectStore {
  readonly #objects = new Map<string, StoredObject>();
  readonly #clock: Clock;
  #version = 0;

  constructor(clock: Clock = new VirtualClock()) {
    this.#clock = clock;
  }

  async head(key: string): Promise<ObjectInfo | null> {
    assertKey(key);
    return this.#objects.get(key)?.info ?? null;
  }

  async get(key: string, options: GetOptions = {}): Promise<Uint8Array> {
    return new Uint8Array(this.#read(key, options));
  }

  async getInto(
    key: string,
    target: Uint8Array,
    options: GetOptions & { range: { startByte: number; endByte: number } },
  ): Promise<number> {
    assertRangeFits(options.range, target.length);
    const bytes = this.#read(key, options);
    target.set(bytes);
    return bytes.length;
  }

  async *stream(key: string, options: Pick<GetOptions, 'ifMatch'> = {}): AsyncIterable<Uint8Array> {
    const bytes = this.#read(key, options);
    if (bytes.length > 0) yield new Uint8Array(bytes);
  }

  async put(
    key: string,
    body: Uint8Array,
    condition: PutCondition = {},
  ): Promise<{ etag: string }> {
    return this.#store(key, new Uint8Array(body), condition);
  }

  openWriter(key: string): ObjectWriter {
    assertKey(key);
    return new MemoryWriter((bytes, condition) => this.#store(key, bytes, condition));
  }

  async *list(prefix: string): AsyncIterable<ObjectInfo> {
    assertPrefix(prefix);
    const keys = [...this.#objects.keys()].filter((key) => key.startsWith(prefix));
    for (const key of keys.sort(compareKeys)) {
      const stored = this.#objects.get(key);
      if (stored !== undefined) yield stored.info;
    }
  }

  async delete(keys: readonly string[]): Promise<void> {
    keys.forEach(assertKey);
    for (const key of keys) this.#objects.delete(key);
  }

  #read(key: string, options: GetOptions): Uint8Array {
    assertKey(key);
    const { range, ifMatch } = options;
    if (range !== undefined) assertRange(range);
    const stored = this.#objects.get(key);
    if (stored === undefined) throw new ObjectNotFoundError(key);
    if (ifMatch !== undefined && ifMatch !== stored.info.etag) {
      throw new PreconditionFailedError(key, 'if-match');
    }
    return range === undefined
      ? stored.bytes
      : stored.bytes.subarray(range.startByte, range.endByte);
  }

  #store(key: string, bytes: Uint8Array, condition: PutCondition): { etag: string } {
    assertKey(key);
    const { ifNoneMatch, ifMatch } = condition;
    const current = this.#objects.get(key)?.info.etag;
    if (ifNoneMatch && current !== undefined) {
      throw new PreconditionFailedError(key, 'if-none-match');
    }
    if (ifMatch !== undefined && ifMatch !== current) {
      throw new PreconditionFailedError(key, 'if-match');
    }
    this.#version += 1;
    const etag = `v${this.#version}`;
    const info = { key, sizeBytes: bytes.length, etag, modifiedAtMs: this.#clock.now() };
    this.#objects.set(key, { bytes, info });
    return { etag };
  }
}

class MemoryWriter implements ObjectWriter {
  readonly #store: (bytes: Uint8Array, condition: PutCondition) => { etag: string };
  #pieces: Uint8Array[] = [];
  #isClosed = false;

  constructor(store: (bytes: Uint8Array, condition: PutCondition) => { etag: string }) {
    this.#store = store;
  }

  async write(bytes: Uint8Array): Promise<void> {
    assert(!this.#isClosed, 'a writer is written to after commit or abort');
    this.#pieces.push(new Uint8Array(bytes));
  }

  async commit(condition: PutCondition = {}): Promise<{ etag: string }> {
    assert(!this.#isClosed, 'a writer is committed after commit or abort');
    this.#isClosed = true;
    const pieces = this.#pieces;
    this.#pieces = [];
    return this.#store(Buffer.concat(pieces), condition);
  }

  async abort(): Promise<void> {
    this.#isClosed = true;
    this.#pieces = [];
  }
}
