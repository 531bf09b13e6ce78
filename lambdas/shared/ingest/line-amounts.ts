import { issueBit } from '../model/issue.ts';
import { linePriceCents } from '../model/money.ts';
import { MAX_PRICE_CENTS, MAX_TOTAL_CENTS } from '../model/order.ts';
import type { CsvBatch } from './csv-scanner.ts';
import type { OrderColumns } from './order-columns.ts';

const PRICE_TOO_LARGE = issueBit('price_too_large');
const TOTAL_TOO_LARGE = issueBit('total_too_large');

/**
 * Turns the amounts of lines, which stand in `priceCents`, into prices and what these leave
 * (contract §1.3). Sizes are examined where quantity and amount have no issue: otherwise there is
 * no price.
 */
export function divideAmounts({ recordIssue, recordCount }: CsvBatch, into: OrderColumns): void {
  const first = into.rowCount;
  const { issues, quantity, priceCents, remainderCents } = into;
  for (let i = 0; i < recordCount; i++) {
    if (recordIssue[i] !== 0) continue;
    const row = first + i;
    const amount = priceCents[row];
    if (quantity[row] < 0 || amount < 0) continue;
    const price = linePriceCents(amount, quantity[row]);
    if (price > MAX_PRICE_CENTS) {
      issues[row] |= PRICE_TOO_LARGE;
    } else if (amount > MAX_TOTAL_CENTS) {
      issues[row] |= TOTAL_TOO_LARGE;
    } else if (price * quantity[row] !== amount) {
      remainderCents[row] = amount - price * quantity[row];
      into.hasRemainders = true;
    }
    priceCents[row] = price;
  }
}
