import { readCurrentPointer } from '../../lambdas/shared/state/current-pointer.ts';
import { readStreamManifest } from '../../lambdas/shared/state/manifest-chain.ts';
import type { StreamContext } from '../../lambdas/shared/state/stream-context.ts';
import type { StreamManifest } from '../../lambdas/shared/state/stream-manifest.ts';

/** The manifest that CURRENT names; null while nothing was published. */
export async function currentManifest({
  lake,
  lakeKeys,
}: Pick<StreamContext, 'lake' | 'lakeKeys'>): Promise<StreamManifest | null> {
  const current = await readCurrentPointer(lake, lakeKeys.current);
  return current === null ? null : await readStreamManifest(lake, current.manifestKey);
}
