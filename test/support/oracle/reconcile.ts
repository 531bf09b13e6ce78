/**
 * Contract §5 from lists of records with their outcomes, as plainly as it can be said. It knows
 * neither tables nor positions; records of one side are distinct even where their values are equal.
 */

export interface JudgedRecord {
  readonly orderId: string;
  /** Equal for equal seven values. */
  readonly values: string;
  /** Equal for values that are equal but for the status. */
  readonly valuesButStatus: string;
  /** Event time; of a quarantined record it does not matter. */
  readonly timeMs: number;
  /** Equal for equal joined values. */
  readonly joined: string;
  readonly outcome: string;
  readonly cents: number;
}

export interface Verdict {
  /** Ids by class; equal ones are left out. */
  readonly classes: Readonly<Record<string, number>>;
  readonly explainedCents: number;
  readonly agree: boolean;
}

/** `[sinceMs, untilMs)` of event time. */
export interface AskedPeriod {
  readonly sinceMs: number;
  readonly untilMs: number;
}

const EVERYTHING: AskedPeriod = {
  sinceMs: Number.NEGATIVE_INFINITY,
  untilMs: Number.POSITIVE_INFINITY,
};

export function judge(
  batch: readonly JudgedRecord[],
  stream: readonly JudgedRecord[],
  allowMissing: boolean,
  period: AskedPeriod = EVERYTHING,
): Verdict {
  const isAsked = ({ timeMs }: JudgedRecord) => timeMs >= period.sinceMs && timeMs < period.untilMs;
  const counted = [...batch, ...stream].filter(isCounted).filter(isAsked);
  const revenue = (records: readonly JudgedRecord[]) => revenueOf(records.filter(isAsked));
  const classes: Record<string, number> = {};
  let explainedCents = 0;
  for (const id of new Set(counted.map(({ orderId }) => orderId))) {
    const ofId = (records: readonly JudgedRecord[]) =>
      records.filter(({ orderId }) => orderId === id);
    const name = classOf(ofId(batch), ofId(stream), isAsked);
    if (name === 'equal') continue;
    classes[name] = (classes[name] ?? 0) + 1;
    if (name !== 'unexplained') explainedCents += revenue(ofId(batch)) - revenue(ofId(stream));
  }
  const missing = (classes.not_in_stream ?? 0) + (classes.not_in_batch ?? 0);
  const agree = classes.unexplained === undefined && (allowMissing || missing === 0);
  return { classes, explainedCents, agree };
}

const isCounted = ({ outcome }: JudgedRecord) => outcome === 'active' || outcome === 'cancelled';

function revenueOf(records: readonly JudgedRecord[]): number {
  return records.reduce((sum, { outcome, cents }) => sum + (outcome === 'active' ? cents : 0), 0);
}

/**
 * A counted record that nobody asked for is taken as known to the other side: it came before the
 * period began, or after it ended, and what the other side was then is not the question.
 */
function classOf(
  batch: readonly JudgedRecord[],
  stream: readonly JudgedRecord[],
  isAsked: (record: JudgedRecord) => boolean,
): string {
  const inBatch = (...outcomes: string[]) => batch.filter((r) => outcomes.includes(r.outcome));
  const inStream = (...outcomes: string[]) => stream.filter((r) => outcomes.includes(r.outcome));
  const b = inBatch('active', 'cancelled');
  const s = inStream('active', 'cancelled');
  if (b.length > 1) return 'unexplained';
  if (b.length === 1 && s.length === 1 && same(b[0], s[0]) && b[0].joined === s[0].joined) {
    return 'equal';
  }
  if (b.length === 1 && s.length === 0 && contains(inStream('late'), b)) return 'late_in_stream';
  if (b.length === 1 && s.length > 1) {
    const isKnownToBatch = contains([...b, ...inBatch('duplicate')], s.filter(isAsked));
    const isNotLost = contains(
      inStream('active', 'cancelled', 'late', 'duplicate'),
      b.filter(isAsked),
    );
    if (isKnownToBatch && isNotLost) return 'duplicate_beyond_horizon';
  }
  if (b.length === 1 && s.length === 1 && !same(b[0], s[0])) {
    const isLaterInStream = contains(inStream('duplicate', 'late'), b.filter(isAsked));
    const isLaterInBatch = contains(inBatch('duplicate'), s.filter(isAsked));
    if (isLaterInStream && isLaterInBatch) return 'different_first';
    if (b[0].valuesButStatus === s[0].valuesButStatus) return 'status_changed';
  }
  if (b.length === 1 && s.length === 1 && same(b[0], s[0])) return 'dimension_changed';
  if (stream.length === 0) return 'not_in_stream';
  if (batch.length === 0) return 'not_in_batch';
  return 'unexplained';
}

const same = (a: JudgedRecord, b: JudgedRecord) => a.values === b.values;

/** Every wanted record is there, each time another one. */
function contains(all: readonly JudgedRecord[], wanted: readonly JudgedRecord[]): boolean {
  if (wanted.length === 0) return true;
  const [first, ...rest] = wanted;
  const at = all.findIndex((record) => same(record, first));
  return at >= 0 && contains(all.toSpliced(at, 1), rest);
}
