/** One stored object. */
export interface ObjectInfo {
  readonly key: string;
  readonly sizeBytes: number;
  /**
   * Opaque. Equal text means equal content: on S3 an object that is replaced by others and in the
   * end by its old bytes has its old etag again.
   */
  readonly etag: string;
  readonly modifiedAtMs: number;
}

/** `[startByte, endByte)` of an object; a range past the end is cut, as S3 does. */
export interface ByteRange {
  readonly startByte: number;
  readonly endByte: number;
}

export interface GetOptions {
  readonly range?: ByteRange;
  /** Fail with `PreconditionFailedError` unless the object still has this etag. */
  readonly ifMatch?: string;
}

/** At most one of the two. Without either the object is replaced unconditionally. */
export interface PutCondition {
  /** Write only if the key does not exist. */
  readonly ifNoneMatch?: true;
  /** Write only if the object has this etag. */
  readonly ifMatch?: string;
}

/** An object that is written piece by piece and becomes visible as a whole with `commit`. */
export interface ObjectWriter {
  /** The bytes are taken before the promise resolves; the caller may then reuse them. */
  write(bytes: Uint8Array): Promise<void>;
  /**
   * Makes the object visible. Throws `PreconditionFailedError` if the condition does not hold;
   * nothing is left then.
   */
  commit(condition?: PutCondition): Promise<{ etag: string }>;
  /** Discards all that was written. Harmless after `commit` or a second time. */
  abort(): Promise<void>;
}

/**
 * Objects by key, like S3: whole objects appear at once, reads after a write see it, keys are
 * compared bytewise (UTF-8). A key is any text but the empty one; a store in a folder takes only
 * what is a path there: no leading `/`, no empty, `.` or `..` segment, no NUL.
 */
export interface ObjectStore {
  /** Null if there is no such object. */
  head(key: string): Promise<ObjectInfo | null>;
  /** Throws `ObjectNotFoundError`; `PreconditionFailedError` where `ifMatch` does not hold. */
  get(key: string, options?: GetOptions): Promise<Uint8Array>;
  /**
   * Reads a range into the front of `target` and returns the number of bytes. `range` may not be
   * longer than `target`. Throws as `get` does.
   */
  getInto(
    key: string,
    target: Uint8Array,
    options: GetOptions & { range: ByteRange },
  ): Promise<number>;
  /** The whole object in pieces of any size, in order. */
  stream(key: string, options?: Pick<GetOptions, 'ifMatch'>): AsyncIterable<Uint8Array>;
  /**
   * Throws `PreconditionFailedError` if the condition does not hold; nothing is written then.
   */
  put(key: string, body: Uint8Array, condition?: PutCondition): Promise<{ etag: string }>;
  /** Opens a writer for an object too large to hold in memory; several can be open at once. */
  openWriter(key: string): ObjectWriter;
  /** Objects whose key starts with `prefix`, in bytewise order of keys, fetched page by page. */
  list(prefix: string): AsyncIterable<ObjectInfo>;
  /** Keys that do not exist are passed over. */
  delete(keys: readonly string[]): Promise<void>;
}

/** What reads the bytes of objects. */
export type ObjectReader = Pick<ObjectStore, 'get' | 'getInto' | 'stream'>;
