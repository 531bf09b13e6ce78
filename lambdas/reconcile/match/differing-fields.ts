import { formatCents } from '../../shared/model/money.ts';
import { CODED_NAMES } from '../../shared/model/order.ts';
import type { DifferentRecord } from '../model/difference.ts';
import { ACTIVE, BATCH, CANCELLED, QUARANTINED } from '../model/record-batch.ts';

type Text = (record: DifferentRecord) => string;

/** Where quantity and price are equal, this alone shows that an amount per line is another. */
const TOTAL: readonly [string, Text] = [
  'total_amount',
  ({ totalCents }) => formatCents(totalCents ?? 0),
];

/** The values of a record apart from its id, as people read them. */
const FIELDS: readonly (readonly [string, Text])[] = [
  ...CODED_NAMES.map((name): [string, Text] => [name, (record) => JSON.stringify(record[name])]),
  ['order_timestamp', ({ timeMs }) => new Date(timeMs ?? 0).toISOString()],
  ['quantity', ({ quantity }) => String(quantity)],
  ['price', ({ priceCents }) => formatCents(priceCents ?? 0)],
  ['status', ({ status }) => String(status)],
];

/**
 * The fields in which the two sides' records differ, with both values: `price: 10.00 in batch,
 * 12.00 in the stream`. Null if they are equal, or if a side has not exactly one record to compare.
 */
export function differingFields(records: readonly DifferentRecord[]): string | null {
  const batch = recordOf(records.filter(({ side }) => side === BATCH));
  const stream = recordOf(records.filter(({ side }) => side !== BATCH));
  if (batch === null || stream === null) return null;
  const isSamePrice = batch.quantity === stream.quantity && batch.priceCents === stream.priceCents;
  const compared = isSamePrice ? [...FIELDS, TOTAL] : FIELDS;
  const fields = compared
    .filter(([, textOf]) => textOf(batch) !== textOf(stream))
    .map(([name, textOf]) => `${name}: ${textOf(batch)} in batch, ${textOf(stream)} in the stream`);
  return fields.length === 0 ? null : fields.join('; ');
}

/** The one that counts; where none does, the only one whose values are known. */
function recordOf(records: readonly DifferentRecord[]): DifferentRecord | null {
  const counted = records.filter(({ outcome }) => outcome === ACTIVE || outcome === CANCELLED);
  const known = records.filter(({ outcome }) => outcome !== QUARANTINED);
  const candidates = counted.length > 0 ? counted : known;
  return candidates.length === 1 ? candidates[0] : null;
}
