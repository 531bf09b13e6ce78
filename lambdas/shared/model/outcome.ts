/** Every record that was read ends as exactly one of these (contract §2.1). */
export const OUTCOMES = ['active', 'cancelled', 'quarantined', 'duplicate', 'late'] as const;

export type Outcome = (typeof OUTCOMES)[number];

/** Records read, and how they ended. The unit is records. */
export type OutcomeCounts = { read: number } & Record<Outcome, number>;

export function zeroCounts(): OutcomeCounts {
  return { read: 0, active: 0, cancelled: 0, quarantined: 0, duplicate: 0, late: 0 };
}

/** Conservation (contract §2.1): read = active + cancelled + quarantined + duplicate + late. */
export function isConserved(counts: Readonly<OutcomeCounts>): boolean {
  return counts.read === OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0);
}
