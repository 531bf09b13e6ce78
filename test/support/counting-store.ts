import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';

/** S3 takes uploads that are larger in parts of this size: `s3-writer.ts`. */
const PART_BYTES = 8 * 1024 * 1024;

/** A page of a listing. */
const PAGE_KEYS = 1000;

/** As S3 counts them: listings are billed as puts, deletions not at all. */
export interface Requests {
  puts: number;
  gets: number;
}

export const zeroRequests = (): Requests => ({ puts: 0, gets: 0 });

/** A store that counts what the same calls ask of S3. `counts` says into what, at each call. */
export function countingStore(store: ObjectStore, counts: () => Requests): ObjectStore {
  const get = () => {
    counts().gets += 1;
  };
  const put = (requests = 1) => {
    counts().puts += requests;
  };
  return {
    async head(key) {
      get();
      return await store.head(key);
    },
    async get(key, options) {
      get();
      return await store.get(key, options);
    },
    async getInto(key, target, options) {
      get();
      return await store.getInto(key, target, options);
    },
    stream(key, options) {
      get();
      return store.stream(key, options);
    },
    async put(key, body, condition) {
      put();
      return await store.put(key, body, condition);
    },
    openWriter(key) {
      const writer = store.openWriter(key);
      let sizeBytes = 0;
      return {
        async write(bytes) {
          sizeBytes += bytes.length;
          await writer.write(bytes);
        },
        async commit(condition) {
          put(sizeBytes < PART_BYTES ? 1 : Math.ceil(sizeBytes / PART_BYTES) + 2);
          return await writer.commit(condition);
        },
        abort: () => writer.abort(),
      };
    },
    async *list(prefix) {
      let keys = 0;
      put();
      for await (const info of store.list(prefix)) {
        keys += 1;
        if (keys > 1 && keys % PAGE_KEYS === 1) put();
        yield info;
      }
    },
    delete: (keys) => store.delete(keys),
  };
}
