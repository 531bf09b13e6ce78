import { CANCELLED_STATUS, STATUSES } from '../model/order.ts';
import type { TableName } from '../model/tables.ts';

/** Every record that was read ends as exactly one of these (contract §2.1). */
export const OUTCOMES = ['active', 'cancelled', 'quarantined', 'duplicate', 'late'] as const;

export type Outcome = (typeof OUTCOMES)[number];

/** An index in `OUTCOMES`, as columns hold it. */
export type OutcomeCode = number;

export const ACTIVE: OutcomeCode = OUTCOMES.indexOf('active');
export const CANCELLED: OutcomeCode = OUTCOMES.indexOf('cancelled');
export const QUARANTINED: OutcomeCode = OUTCOMES.indexOf('quarantined');
/**
 * A record whose order id another record holds (contract §2.1). Of all records of a run, the first
 * or last is kept (`rules.keep`): `findDuplicates` in rows/dedupe.ts. In the stream the first holds
 * its id while its claim lasts: `Classifier` in stream/consume/classify-orders.ts.
 */
export const DUPLICATE: OutcomeCode = OUTCOMES.indexOf('duplicate');
export const LATE: OutcomeCode = OUTCOMES.indexOf('late');

/** By index in `STATUSES`: how an order that counts ends. */
export const OUTCOME_OF_STATUS = Uint8Array.from(STATUSES, (_, status) =>
  status === CANCELLED_STATUS ? CANCELLED : ACTIVE,
);

/** The table that stores each outcome. */
export const TABLE_OF_OUTCOME = {
  active: 'orders',
  cancelled: 'cancelled',
  quarantined: 'quarantine',
  duplicate: 'duplicates',
  late: 'late',
} as const satisfies Record<Outcome, TableName>;

/** Records read, and how they ended. The unit is records. */
export type OutcomeCounts = { read: number } & Record<Outcome, number>;

/** Counts of no records at all, as a new object that the caller may add to. */
export function zeroCounts(): OutcomeCounts {
  return { read: 0, active: 0, cancelled: 0, quarantined: 0, duplicate: 0, late: 0 };
}

/** Counts the outcomes of rows `[from, to)`. */
export function countOutcomes(outcomes: Uint8Array, from: number, to: number): OutcomeCounts {
  const byCode = OUTCOMES.map(() => 0);
  for (let row = from; row < to; row++) byCode[outcomes[row]] += 1;
  const counts = zeroCounts();
  counts.read = to - from;
  OUTCOMES.forEach((name, code) => {
    counts[name] = byCode[code];
  });
  return counts;
}

/** Conservation: read = active + cancelled + quarantined + duplicate + late. */
export function isConserved(counts: Readonly<OutcomeCounts>): boolean {
  return counts.read === OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0);
}
