import type { ObjectStore } from '../ports/object-store.ts';
import { ObjectNotFoundError, PreconditionFailedError } from '../runtime/errors.ts';
import { parseJson } from '../runtime/json.ts';

/** What a `CURRENT.json` names, with the etag to swap it by. */
export interface CurrentPointer {
  readonly manifestKey: string;
  readonly etag: string;
}

/** Null where nothing was published yet. */
export async function readCurrentPointer(
  lake: ObjectStore,
  key: string,
): Promise<CurrentPointer | null> {
  for (;;) {
    const info = await lake.head(key);
    if (info === null) return null;
    try {
      const bytes = await lake.get(key, { ifMatch: info.etag });
      return { manifestKey: parseJson<{ manifest: string }>(bytes).manifest, etag: info.etag };
    } catch (error) {
      // It was replaced between the two calls.
      const isReplaced = error instanceof PreconditionFailedError;
      if (!isReplaced && !(error instanceof ObjectNotFoundError)) throw error;
    }
  }
}
