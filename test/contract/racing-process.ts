import { FileObjectStore } from '../../lambdas/shared/adapters/local/file-object-store.ts';
import { PreconditionFailedError } from '../../lambdas/shared/model/errors.ts';

/**
 * One of several processes that race for the objects of one folder:
 * `create ROOT N` tries to create N objects and prints which ones it did create;
 * `count ROOT N` adds 1 to the number in one object N times, again whenever somebody was faster.
 */
const [mode, root, times] = process.argv.slice(2);
const store = new FileObjectStore(root);

async function putIfHeld(key: string, value: string, ifMatch?: string): Promise<boolean> {
  const condition = ifMatch === undefined ? { ifNoneMatch: true as const } : { ifMatch };
  try {
    await store.put(key, Buffer.from(value), condition);
    return true;
  } catch (error) {
    if (error instanceof PreconditionFailedError) return false;
    throw error;
  }
}

async function createObjects(): Promise<number[]> {
  const created: number[] = [];
  for (let i = 0; i < Number(times); i++) {
    if (await putIfHeld(`race/${i}`, `${process.pid}`)) created.push(i);
  }
  return created;
}

async function countUp(): Promise<number> {
  let lostCount = 0;
  for (let done = 0; done < Number(times); ) {
    const info = await store.head('race/count');
    if (info === null) {
      if (await putIfHeld('race/count', '1')) done += 1;
      continue;
    }
    // A single digit more or less would change the size, and so the etag: the width is fixed.
    const bytes = await readVersion(info.etag);
    const next = bytes === null ? null : `${Number(bytes) + 1}`.padStart(6, '0');
    if (next !== null && (await putIfHeld('race/count', next, info.etag))) done += 1;
    else lostCount += 1;
  }
  return lostCount;
}

async function readVersion(etag: string): Promise<string | null> {
  try {
    return Buffer.from(await store.get('race/count', { ifMatch: etag })).toString();
  } catch (error) {
    if (error instanceof PreconditionFailedError) return null;
    throw error;
  }
}

process.stdout.write(JSON.stringify(mode === 'create' ? await createObjects() : await countUp()));
