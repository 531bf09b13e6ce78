/**
 * Contract §5 from lists of records with their outcomes, as plainly as it can be said. It knows
 * neither tables nor positions; records of one side are distinct even where their values are equal.
 */

export interface JudgedRecord {
  readonly orderId: string;
  /** Equal for equal seven values. */
  readonly values: string;
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

export function judge(
  batch: readonly JudgedRecord[],
  stream: readonly JudgedRecord[],
  allowMissing: boolean,
): Verdict {
  const counted = [...batch, ...stream].filter(isCounted);
  const classes: Record<string, number> = {};
  let explainedCents = 0;
  for (const id of new Set(counted.map(({ orderId }) => orderId))) {
    const ofId = (records: readonly JudgedRecord[]) =>
      records.filter(({ orderId }) => orderId === id);
    const name = classOf(ofId(batch), ofId(stream));
    if (name === 'equal') continue;
    classes[name] = (classes[name] ?? 0) + 1;
    if (name !== 'unexplained') explainedCents += revenue(ofId(batch)) - revenue(ofId(stream));
  }
  const missing = (classes.not_in_stream ?? 0) + (classes.not_in_batch ?? 0);
  const agree = classes.unexplained === undefined && (allowMissing || missing === 0);
  return { classes, explainedCents, agree };
}

const isCounted = ({ outcome }: JudgedRecord) => outcome === 'active' || outcome === 'cancelled';

function revenue(records: readonly JudgedRecord[]): number {
  return records.reduce((sum, { outcome, cents }) => sum + (outcome === 'active' ? cents : 0), 0);
}

function classOf(batch: readonly JudgedRecord[], stream: readonly JudgedRecord[]): string {
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
    const isKnownToBatch = contains([...b, ...inBatch('duplicate')], s);
    const isNotLost = contains(inStream('active', 'cancelled', 'late', 'duplicate'), b);
    if (isKnownToBatch && isNotLost) return 'duplicate_beyond_horizon';
  }
  if (b.length === 1 && s.length === 1 && !same(b[0], s[0])) {
    const isLaterInStream = contains(inStream('duplicate', 'late'), b);
    if (isLaterInStream && contains(inBatch('duplicate'), s)) return 'different_first';
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
