/** A claim holds until the watermark reaches its time + horizon (contract §4). */
export function isClaimExpired(
  claimTimeMs: number,
  watermarkMs: number,
  dedupeHorizonMs: number,
): boolean {
  return claimTimeMs + dedupeHorizonMs <= watermarkMs;
}
