import { epochDiffers, PreconditionFailedError } from '../model/errors.ts';
import type { ObjectStore } from '../ports/object-store.ts';

/**
 * Puts an immutable object. An existing one with equal bytes is a success: this step ran before, or
 * runs concurrently. Throws `TerminalError` `epoch_differs`, which names the key, if its bytes
 * differ.
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
