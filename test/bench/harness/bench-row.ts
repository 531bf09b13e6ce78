import { rounded, type Summary, type UsageSummary } from './statistics.ts';

/** One line of the report. The names are public: `--json` prints them as they are. */
export interface BenchRow {
  readonly name: string;
  readonly rows: number;
  /** Medians over the rounds. */
  readonly seconds: number | null;
  readonly cpu_seconds: number | null;
  /** Peak of the whole process, megabytes of 10^6 bytes. */
  readonly rss_mb: number | null;
  readonly peer: string | null;
  readonly peer_seconds: number | null;
  readonly peer_cpu_seconds: number | null;
  readonly peer_rss_mb: number | null;
  /** CPU seconds of the peer / ours: the figure that a busy machine disturbs least. */
  readonly ratio: number | null;
  /** Wall seconds of the peer / ours. */
  readonly wall_ratio: number | null;
  readonly value: number;
  readonly unit: string;
  readonly rounds: number;
  /** `[min, max]` over the rounds, by field. */
  readonly spread: Readonly<Record<string, readonly [number, number]>>;
}

export interface MeasuredSide {
  readonly name: string;
  readonly usage: UsageSummary;
}

/** The line that sets our program beside one peer. `value` is our throughput. */
export function comparisonRow(
  what: { readonly name: string; readonly rows: number; readonly rounds: number },
  ours: MeasuredSide,
  peer: MeasuredSide | null,
): BenchRow {
  const medians = mediansOf(ours.usage);
  const peerMedians = peer === null ? null : mediansOf(peer.usage);
  return {
    name: what.name,
    rows: what.rows,
    ...medians,
    peer: peer?.name ?? null,
    peer_seconds: peerMedians?.seconds ?? null,
    peer_cpu_seconds: peerMedians?.cpu_seconds ?? null,
    peer_rss_mb: peerMedians?.rss_mb ?? null,
    ratio: ratioOf(peer?.usage.cpuSeconds, ours.usage.cpuSeconds),
    wall_ratio: ratioOf(peer?.usage.seconds, ours.usage.seconds),
    value: Math.round(what.rows / ours.usage.seconds.median),
    unit: 'rows/s',
    rounds: what.rounds,
    spread: {
      ...spreadsOf(ours.usage, ''),
      ...(peer === null ? {} : spreadsOf(peer.usage, 'peer_')),
    },
  };
}

/** A line that is one figure. */
export function figureRow(
  name: string,
  rows: number,
  figure: { readonly value: number; readonly unit: string; readonly rounds: number },
  usage: UsageSummary | null = null,
): BenchRow {
  const medians = usage === null ? null : mediansOf(usage);
  return {
    name,
    rows,
    seconds: medians?.seconds ?? null,
    cpu_seconds: medians?.cpu_seconds ?? null,
    rss_mb: medians?.rss_mb ?? null,
    peer: null,
    peer_seconds: null,
    peer_cpu_seconds: null,
    peer_rss_mb: null,
    ratio: null,
    wall_ratio: null,
    value: rounded(figure.value),
    unit: figure.unit,
    rounds: figure.rounds,
    spread: usage === null ? {} : spreadsOf(usage, ''),
  };
}

function mediansOf(usage: UsageSummary) {
  return {
    seconds: rounded(usage.seconds.median),
    cpu_seconds: rounded(usage.cpuSeconds.median),
    rss_mb: rounded(usage.rssMb.median),
  };
}

function ratioOf(peer: Summary | undefined, ours: Summary): number | null {
  return peer === undefined ? null : rounded(peer.median / ours.median);
}

function spreadsOf(usage: UsageSummary, prefix: string): Record<string, [number, number]> {
  const spread = ({ min, max }: Summary): [number, number] => [rounded(min), rounded(max)];
  return {
    [`${prefix}seconds`]: spread(usage.seconds),
    [`${prefix}cpu_seconds`]: spread(usage.cpuSeconds),
    [`${prefix}rss_mb`]: spread(usage.rssMb),
  };
}
