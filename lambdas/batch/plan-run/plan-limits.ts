/** How far away a limit is that would fail a run. */
export interface PlanLimit {
  readonly name: 'map_tasks' | 'buckets' | 'files' | 'largest_whole_file_bytes';
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
