const SEC_PER_MINUTE = 60;
const SEC_PER_HOUR = 3_600;
const SEC_PER_DAY = 86_400;

/** An instant in UTC: `2026-01-31 23:30:00Z`; milliseconds only if there are any. */
export function instantText(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('T', ' ').replace('.000Z', 'Z');
}

/** A length of time for people: `0.4 s`, `59 s`, `12 min`, `3.5 h`, `2 days`. */
export function ageText(durationMs: number): string {
  const seconds = Math.max(0, durationMs) / 1_000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < SEC_PER_MINUTE) return `${Math.floor(seconds)} s`;
  if (seconds < SEC_PER_HOUR) return `${Math.floor(seconds / SEC_PER_MINUTE)} min`;
  if (seconds < 2 * SEC_PER_DAY) return `${(seconds / SEC_PER_HOUR).toFixed(1)} h`;
  return `${Math.floor(seconds / SEC_PER_DAY)} days`;
}
