import { ObjectNotFoundError, PreconditionFailedError } from '../model/errors.ts';
import { objectWith, type Shape, textThat } from '../model/shape.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { decodeStored } from './stored-json.ts';

/** What a `CURRENT.json` names, with the etag to swap it by. */
export interface CurrentPointer {
  readonly manifestKey: string;
  readonly etag: string;
}

/**
 * Reads which manifest is published; null if none is yet. Throws `TerminalError` `current_damaged`
 * if the pointer names no manifest beside it.
 */
export async function readCurrentPointer(
  lake: ObjectStore,
  key: string,
): Promise<CurrentPointer | null> {
  for (;;) {
    const info = await lake.head(key);
    if (info === null) return null;
    try {
      const bytes = await lake.get(key, { ifMatch: info.etag });
      return { manifestKey: manifestKeyIn(bytes, key), etag: info.etag };
    } catch (error) {
      // The object was replaced between the two calls.
      const isReplaced = error instanceof PreconditionFailedError;
      if (!isReplaced && !(error instanceof ObjectNotFoundError)) throw error;
    }
  }
}

function manifestKeyIn(bytes: Uint8Array, key: string): string {
  const folder = key.slice(0, key.lastIndexOf('/') + 1);
  const wayOut = key.includes('manifests/stream/')
    ? 'delete the object: the next run of npx tandem stream writes it again'
    : 'let it name a manifest of that folder, or delete it and publish again: npx tandem batch';
  const { manifest } = decodeStored<{ readonly manifest: string }>(bytes, key, {
    what: 'pointer',
    shape: pointerInto(folder),
    damagedCode: 'current_damaged',
    wayOut,
  });
  return manifest;
}

/** `{"manifest": "<folder><name>.json"}` */
function pointerInto(folder: string): Shape {
  const isBeside = (key: string) =>
    key.startsWith(folder) && /^[\w-]+\.json$/.test(key.slice(folder.length));
  const isManifest = (key: string) => isBeside(key) && key !== `${folder}CURRENT.json`;
  return objectWith({ manifest: textThat(isManifest, `a key ${folder}<name>.json`) });
}
