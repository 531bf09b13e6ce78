/** What a process has used up to now: start of Node, loading, building its rows. */
export interface Preparation {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

export function preparationSoFar(): Preparation {
  const { user, system } = process.cpuUsage();
  return { seconds: performance.now() / 1000, cpuSeconds: (user + system) / 1e6 };
}

export function printPreparation(preparation: Preparation): void {
  process.stdout.write(`${JSON.stringify({ preparation })}\n`);
}
