/**
 * Money is whole cents. One price or total fits a double exactly (at most 10^11 cents); sums may
 * not, so they are bigints or a pair of doubles (`transform/sums.ts`).
 */

/** The largest absolute value of DECIMAL(18,2), in cents. */
export const MAX_DECIMAL_18_CENTS = 10n ** 18n - 1n;

/** Cents as a decimal with two places: `12345n` gives `"123.45"`. */
export function formatCents(cents: bigint | number): string {
  const value = BigInt(cents);
  const digits = (value < 0n ? -value : value).toString().padStart(3, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
