import { TerminalError } from '../model/errors.ts';
import { formatCents, MAX_DECIMAL_18_CENTS } from '../model/money.ts';

/**
 * A sum that DECIMAL(18,2) cannot hold fails the publication; it is never rounded (contract §2).
 */
export function assertFits(cents: bigint, cell: () => string): void {
  if (cents <= MAX_DECIMAL_18_CENTS) return;
  const largest = formatCents(MAX_DECIMAL_18_CENTS);
  const message = `${cell()} is ${formatCents(cents)}, more than DECIMAL(18,2) holds (${largest})`;
  throw new TerminalError('revenue_overflow', message);
}
