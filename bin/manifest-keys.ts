import { assertPathKey } from '../lambdas/shared/adapters/object-keys.ts';
import { TerminalError } from '../lambdas/shared/runtime/errors.ts';
import type { ManifestFile } from './manifest-view.ts';
import { visible } from './visible-text.ts';

/**
 * The files as a manifest lists them. Throws `TerminalError` `manifest_damaged` that names it where
 * a key leads out of the lake, or holds what no key of ours does: a lake may come from anywhere,
 * and its addresses go to other programs. Links that somebody put into the lake's folder are
 * followed.
 */
export function checkedFiles(
  manifestKey: string,
  files: readonly ManifestFile[],
): readonly ManifestFile[] {
  for (const { key } of files) {
    try {
      assertPathKey(key);
      if (visible(key) === key) continue;
    } catch (cause) {
      throw outside(manifestKey, key, cause);
    }
    throw outside(manifestKey, key);
  }
  return files;
}

function outside(manifestKey: string, key: string, cause?: unknown): TerminalError {
  const message =
    `manifest ${manifestKey} lists ${JSON.stringify(key)}, which is no file of a lake; ` +
    'restore the manifest, or publish anew';
  return new TerminalError('manifest_damaged', message, { cause });
}
