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

/**
 * The price of one piece, in whole cents, where a line of `quantity` pieces costs `amountCents`:
 * rounded half to even (contract §1.3, `per: line`). Exact for whole amounts from 0 up to 2^53;
 * `quantity` is 1 or more. What rounding leaves, `amountCents - quantity * price`, is at most half
 * the quantity, on either side of zero.
 */
export function linePriceCents(amountCents: number, quantity: number): number {
  // A remainder of doubles is exact, a quotient is not.
  const rest = amountCents % quantity;
  const price = (amountCents - rest) / quantity;
  const isUp = rest * 2 > quantity || (rest * 2 === quantity && price % 2 === 1);
  return isUp ? price + 1 : price;
}
