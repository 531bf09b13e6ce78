import { RetryableError } from '../../lambdas/shared/model/errors.ts';
import type { ObjectStore, ObjectWriter } from '../../lambdas/shared/ports/object-store.ts';
import type { SimProcess } from './sim-process.ts';
import type { World } from './world.ts';

/** When a put takes place that a canary puts off. */
const LATER_MS = 1_000;

/** The lake as a process sees it: every call waits for its turn, and each put is watched. */
export function gatedLake(world: World, process: SimProcess): ObjectStore {
  return gated(world, process, world.lake, 'lake');
}

export function gatedLanding(world: World, process: SimProcess): ObjectStore {
  return gated(world, process, world.landing, 'landing');
}

export function gatedMessages(world: World, process: SimProcess): ObjectStore {
  return gated(world, process, world.messages, 'messages');
}

function gated(
  world: World,
  process: SimProcess,
  store: ObjectStore,
  name: 'lake' | 'landing' | 'messages',
): ObjectStore {
  const call = <T>(label: string, effect: () => Promise<T>): Promise<T> =>
    process.ask(`${name} ${label}`, () => failing(world, effect));
  const put = (key: string, body: Uint8Array, condition?: Parameters<ObjectStore['put']>[2]) =>
    call(`put ${key}`, async () => {
      const { canary, observer, scheduler } = world;
      const wanted = canary.condition?.(world, key) ?? condition;
      if (canary.isPutLater?.(key)) {
        scheduler.after(LATER_MS, () => void store.put(key, body, wanted));
        return { etag: 'later' };
      }
      const result = await store.put(key, body, wanted);
      if (name === 'lake') await observer.onPut(process, key, body);
      return result;
    });
  return {
    head: (key) => call(`head ${key}`, () => store.head(key)),
    get: (key, options) => call(`get ${key}`, () => store.get(key, options)),
    getInto: (key, target, options) =>
      call(`get ${key}`, () => store.getInto(key, target, options)),
    async *stream(key, options) {
      yield await call(`get ${key}`, () => store.get(key, options));
    },
    put,
    openWriter: (key) => writer(put, key),
    async *list(prefix) {
      yield* await call(`list ${prefix}`, async () => {
        if (name === 'landing') world.editions.onList(process, prefix);
        const found = [];
        for await (const info of store.list(prefix)) found.push(info);
        return found;
      });
    },
    delete: (keys) =>
      keys.length === 0
        ? Promise.resolve()
        : call(`delete ${keys.join(' ')}`, () => store.delete(keys)),
  };
}

/** The error comes before the effect, or after it. */
async function failing<T>(world: World, effect: () => Promise<T>): Promise<T> {
  const isFailing = world.faults.strikes('lake_error');
  if (isFailing && world.faults.random.chance(0.5)) throw new RetryableError('the lake failed');
  const value = await effect();
  if (isFailing) throw new RetryableError('the lake did it and did not answer');
  return value;
}

/** Nothing of it can be seen before `commit`. */
function writer(put: ObjectStore['put'], key: string): ObjectWriter {
  let pieces: Uint8Array[] = [];
  return {
    async write(bytes) {
      pieces.push(bytes.slice());
    },
    async commit(condition) {
      const body = Buffer.concat(pieces);
      pieces = [];
      return await put(key, body, condition);
    },
    async abort() {
      pieces = [];
    },
  };
}
