import type { ObjectStore, ObjectWriter } from '../../lambdas/shared/ports/object-store.ts';

export type Operation =
  | 'head'
  | 'get'
  | 'getInto'
  | 'stream'
  | 'put'
  | 'write'
  | 'commit'
  | 'list'
  | 'delete';

/** Called before an operation of the store; may change things, or throw in its place. */
export type Hook = (operation: Operation, key: string) => void | Promise<void>;

/** A store at which something else happens before an operation. */
export function hookedStore(store: ObjectStore, hook: Hook): ObjectStore {
  return {
    async head(key) {
      await hook('head', key);
      return await store.head(key);
    },
    async get(key, options) {
      await hook('get', key);
      return await store.get(key, options);
    },
    async getInto(key, target, options) {
      await hook('getInto', key);
      return await store.getInto(key, target, options);
    },
    async *stream(key, options) {
      await hook('stream', key);
      yield* store.stream(key, options);
    },
    async put(key, body, condition) {
      await hook('put', key);
      return await store.put(key, body, condition);
    },
    openWriter: (key) => hookedWriter(key, store.openWriter(key), hook),
    async *list(prefix) {
      await hook('list', prefix);
      yield* store.list(prefix);
    },
    async delete(keys) {
      await hook('delete', keys[0] ?? '');
      await store.delete(keys);
    },
  };
}

function hookedWriter(key: string, writer: ObjectWriter, hook: Hook): ObjectWriter {
  return {
    async write(bytes) {
      await hook('write', key);
      await writer.write(bytes);
    },
    async commit(condition) {
      await hook('commit', key);
      return await writer.commit(condition);
    },
    abort: () => writer.abort(),
  };
}
