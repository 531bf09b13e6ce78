import type { UnreservedFunctions } from '../../shared/ports/function-quota.ts';

/** Of what the account has left, for the steps of a run: the rest is for all other functions. */
const SHARE_OF_QUOTA = 0.8;

/**
 * Steps of a map state side by side: as many as the config allows, within the quota. Where that is
 * not known the config alone decides, and steps that are too many wait for a free place.
 */
export function stepsSideBySide(maxParallel: number, quota: UnreservedFunctions): number {
  if (quota.status === 'unknown') return maxParallel;
  return Math.max(1, Math.min(maxParallel, Math.floor(quota.functions * SHARE_OF_QUOTA)));
}
