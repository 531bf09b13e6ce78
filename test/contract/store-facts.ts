import type { ObjectInfo, ObjectStore } from '../../lambdas/shared/ports/object-store.ts';

/** What a store promises, by the fact that shows it. Each gets an empty store. */
export type StoreFacts = Readonly<Record<string, (store: ObjectStore) => Promise<void>>>;

export const text = (value: string): Uint8Array => new TextEncoder().encode(value);

export async function read(store: ObjectStore, key: string): Promise<string> {
  return new TextDecoder().decode(await store.get(key));
}

export async function listed(store: ObjectStore, prefix = ''): Promise<ObjectInfo[]> {
  const infos: ObjectInfo[] = [];
  for await (const info of store.list(prefix)) infos.push(info);
  return infos;
}

export async function keysOf(store: ObjectStore, prefix = ''): Promise<string[]> {
  return (await listed(store, prefix)).map((info) => info.key);
}
