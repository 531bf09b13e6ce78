import { ORDER_FIELDS } from '../../shared/model/order.ts';
import { DUPLICATE_LOOKS, type DuplicateLook } from '../run/findings.ts';
import type { FieldBits } from './kept-records.ts';

/**
 * The index in `DUPLICATE_LOOKS` of a duplicate whose id stands at `[start, end)` of `ids`.
 * `fields` are those that differ: at least one.
 */
export function lookOf(ids: Uint8Array, start: number, end: number, fields: FieldBits): number {
  if (isSpoiledId(ids, start, end)) return SPOILED_ID;
  if ((fields & PRODUCT) !== 0) return LINE;
  if ((fields & CUSTOMER) !== 0) return OTHER;
  return (fields & STATE) === 0 ? SENT_AGAIN : LATER_STATE;
}

const indexOf = (look: DuplicateLook) => DUPLICATE_LOOKS.indexOf(look);
const SPOILED_ID = indexOf('spoiled_id');
const LINE = indexOf('line');
const LATER_STATE = indexOf('later_state');
const SENT_AGAIN = indexOf('sent_again');
const OTHER = indexOf('other');

const bitOf = (name: (typeof ORDER_FIELDS)[number]) => 1 << ORDER_FIELDS.indexOf(name);
const PRODUCT = bitOf('product_id');
const CUSTOMER = bitOf('customer_id');
const STATE = bitOf('status') | bitOf('price') | bitOf('quantity');

const LONGEST_SPOILED_ID = 24;
const ZERO = 0x30;
const NINE = 0x39;
const LOWER_E = 0x65;

/**
 * `4.00638E+12`: a spreadsheet shows large numbers so, and saves what it shows. Many ids become
 * one.
 */
function isSpoiledId(ids: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length > LONGEST_SPOILED_ID || length < 4 || ids[start] < ZERO || ids[start] > NINE) {
    return false;
  }
  let at = start + 1;
  while (at < end && (ids[at] | 0x20) !== LOWER_E) at++;
  if (at === end) return false;
  return /^\d([.,]\d+)?E\+?\d+$/i.test(Buffer.from(ids.slice(start, end)).toString('latin1'));
}
