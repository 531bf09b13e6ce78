import type { UnreservedFunctions } from '../../shared/ports/function-quota.ts';

/**
 * Share of the account's remaining concurrency for the steps of a run; the rest is for other
 * functions.
 */
const SHARE_OF_QUOTA = 0.8;

/**
 * Parallel steps of a map state: as many as the config allows within the quota. If the quota is
 * unknown the config alone decides, and surplus steps wait for a free place.
 */
export function stepsSideBySide(maxParallel: number, quota: UnreservedFunctions): number {
  if (quota.status === 'unknown') return maxParallel;
  return Math.max(1, Math.min(maxParallel, Math.floor(quota.functions * SHARE_OF_QUOTA)));
}
