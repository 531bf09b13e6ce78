import { expect } from 'vitest';
import { ORDER_COLUMNS } from '../../lambdas/shared/ingest/header-columns.ts';
import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';
import type { UploadFile } from '../../lib/aws/client/find-uploads.ts';
import { type UploadOptions, UploadTally, uploadFiles } from '../../lib/aws/client/upload-files.ts';
import { ordersCsv } from '../support/batch-runs.ts';
import { MemoryObjectStore } from '../support/memory/memory-object-store.ts';
import { orderLine } from '../support/small-landing.ts';
import { read, type StoreFacts } from './store-facts.ts';

const KEY = 'orders/a.csv';
const OLD = ordersCsv([orderLine('old')]);
/** As long. */
const NEW = ordersCsv([orderLine('new')]);

async function fileOf(content: string): Promise<UploadFile> {
  const store = new MemoryObjectStore();
  const bytes = Buffer.from(content);
  await store.put('a.csv', bytes);
  const place = { store, key: 'a.csv', targetKey: KEY, columns: ORDER_COLUMNS };
  return { name: 'a.csv', sizeBytes: bytes.length, ...place };
}

async function upload(
  landing: ObjectStore,
  content: string,
  options: Partial<UploadOptions> = {},
): Promise<string[]> {
  const tally = new UploadTally();
  const { signal } = new AbortController();
  await uploadFiles([await fileOf(content)], landing, tally, { signal, ...options });
  return tally.files.map(({ key, status }) => `${key} ${status}`);
}

/** Of a store that files are uploaded to (`upload-files.ts`). */
export const uploadFacts: StoreFacts = {
  'takes a file once: what is there with the same content is passed over': async (store) => {
    expect(await upload(store, OLD)).toEqual([`${KEY} uploaded`]);
    expect(await upload(store, OLD)).toEqual([`${KEY} equal`]);
    expect(await upload(store, OLD, { overwrite: true })).toEqual([`${KEY} equal`]);
  },

  'takes a file that was put there by other means for what it is': async (store) => {
    const content = ordersCsv(Array.from({ length: 200_000 }, (_, index) => orderLine(`${index}`)));
    await store.put(KEY, Buffer.from(content));

    expect(await upload(store, content)).toEqual([`${KEY} equal`]);
  },

  'keeps what is there with other content, whether it is as long or not': async (store) => {
    await upload(store, OLD);

    for (const content of [NEW, NEW + NEW]) {
      await expect(upload(store, content)).rejects.toMatchObject({
        code: 'upload_exists',
        message: expect.stringMatching(/^nothing was sent: orders\/a\.csv: .*--overwrite/),
      });
    }
    expect(await read(store, KEY)).toBe(OLD);
  },

  'replaces it where that is said': async (store) => {
    await upload(store, OLD);

    expect(await upload(store, NEW, { overwrite: true })).toEqual([`${KEY} replaced`]);
    expect(await read(store, KEY)).toBe(NEW);
  },

  'keeps what somebody else puts there while a file is on its way': async (store) => {
    let others: Promise<unknown> | null = null;
    const onProgress: UploadOptions['onProgress'] = ({ stage }) => {
      if (stage === 'compare') others ??= store.put(KEY, Buffer.from(OLD));
    };
    // Compared, it is not there yet; sent, it is.
    const sender = new Proxy(store, {
      get(target, name) {
        if (name !== 'openWriter') {
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === 'function' ? value.bind(target) : value;
        }
        return (key: string) => {
          const writer = target.openWriter(key);
          return {
            write: (bytes: Uint8Array) => writer.write(bytes),
            abort: () => writer.abort(),
            commit: async (condition?: Parameters<typeof writer.commit>[0]) => {
              await others;
              return await writer.commit(condition);
            },
          };
        };
      },
    });

    await expect(upload(sender, NEW, { onProgress })).rejects.toMatchObject({
      code: 'upload_exists',
      message: `${KEY} was uploaded by another process in the meantime; run it again`,
    });
    expect(await read(store, KEY)).toBe(OLD);
  },
};
