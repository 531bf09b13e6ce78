/** What one run of one process cost, from its start to its end. */
export interface ProcessUsage {
  /** Wall time, seconds. */
  readonly seconds: number;
  /** User and system time of all its threads, seconds. */
  readonly cpuSeconds: number;
  /** Peak resident memory, bytes. */
  readonly rssBytes: number;
}

export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Throws where there is no value: a median of nothing has no meaning. */
export function summarise(values: readonly number[]): Summary {
  if (values.length === 0) throw new RangeError('a summary needs at least one value');
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const isOdd = sorted.length % 2 === 1;
  return {
    median: isOdd ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2,
    min: sorted[0],
    max: sorted[sorted.length - 1],
  };
}

export interface UsageSummary {
  readonly seconds: Summary;
  readonly cpuSeconds: Summary;
  /** Megabytes of 10^6 bytes. */
  readonly rssMb: Summary;
}

export function summariseUsage(rounds: readonly ProcessUsage[]): UsageSummary {
  return {
    seconds: summarise(rounds.map((round) => round.seconds)),
    cpuSeconds: summarise(rounds.map((round) => round.cpuSeconds)),
    rssMb: summarise(rounds.map((round) => round.rssBytes / 1e6)),
  };
}

/** Three decimals below 10, one below 1,000, none above: what a measurement can bear. */
export function rounded(value: number): number {
  const digits = Math.abs(value) < 10 ? 3 : Math.abs(value) < 1000 ? 1 : 0;
  return Number(value.toFixed(digits));
}
