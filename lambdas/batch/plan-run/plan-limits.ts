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

export function limitOf(name: PlanLimit['name'], used: number, limit: number): PlanLimit {
  return { name, used, limit, usedPercent: Math.round((used / limit) * 10_000) / 100 };
}

/** Percent of the limit that is nearest. */
export function limitUsed(limits: readonly PlanLimit[]): number {
  return Math.max(0, ...limits.map(({ usedPercent }) => usedPercent));
}
