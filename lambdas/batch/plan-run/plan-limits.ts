const LIMIT_NAMES = [
  'map_tasks',
  'buckets',
  'files',
  'plan_seconds',
  'largest_whole_file_bytes',
] as const;

/** How far away a limit is that would fail a run. */
export interface PlanLimit {
  readonly name: (typeof LIMIT_NAMES)[number];
  readonly used: number;
  readonly limit: number;
  /** Percent of the limit, two decimals. */
  readonly usedPercent: number;
}

/** A limit with the percentage of it in use, to two decimals. */
export function limitOf(name: PlanLimit['name'], used: number, limit: number): PlanLimit {
  return { name, used, limit, usedPercent: Math.round((used / limit) * 10_000) / 100 };
}

/** Percentage used of the limit that is closest to being reached. */
export function limitUsed(limits: readonly PlanLimit[]): number {
  return Math.max(0, ...limits.map(({ usedPercent }) => usedPercent));
}
