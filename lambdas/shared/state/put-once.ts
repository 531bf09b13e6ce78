import { epochDiffers, PreconditionFailedError } from '../model/errors.ts';
import type { ObjectStore } from '../ports/object-store.ts';

/**
 * Puts an immutable object. One that is there with equal bytes is success: somebody ran this step
 * before, or runs it now. Throws `TerminalError` `epoch_differs`, which names the key, where the
 * bytes are others.
 */
export async function putOnce(lake: ObjectStore, key: string, bytes: Uint8Array): Promise<void> {
  try {
    await lake.put(key, bytes, { ifNoneMatch: true });
  } catch (error) {
    if (!(error instanceof PreconditionFailedError)) throw error;
    const existing = await lake.get(key);
    if (Buffer.compare(existing, bytes) !== 0) throw epochDiffers(key, error);
  }
}
