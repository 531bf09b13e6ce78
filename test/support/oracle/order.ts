import { decimalText, present, trimmed, type Values } from './text.ts';

/** The record rules of contract §2, one field after the other. */

export type Statuses = Readonly<Record<string, string>>;

export const DEFAULT_STATUSES: Statuses = {
  complete: 'completed',
  completed: 'completed',
  done: 'completed',
  cancelled: 'cancelled',
  canceled: 'cancelled',
  cancel: 'cancelled',
  pending: 'pending',
  processing: 'processing',
  in_progress: 'processing',
  'in progress': 'processing',
};

export interface Order {
  readonly orderId: string;
  readonly customerId: string;
  readonly productId: string;
  readonly eventTimeMs: number;
  readonly quantity: bigint;
  readonly priceCents: bigint;
  readonly totalCents: bigint;
  readonly status: string;
}

/** What one value was read as. `value` means nothing where there are issues. */
interface Read<T> {
  readonly value: T;
  readonly issues: readonly string[];
}

export function examine(
  values: Values,
  statuses: Statuses,
): { issues: string[]; order: Order | null } {
  const orderId = readId('order_id', values.order_id);
  const customerId = readId('customer_id', values.customer_id);
  const productId = readId('product_id', values.product_id);
  const time = readTimestamp(values.order_timestamp);
  const quantity = readQuantity(values.quantity);
  const price = readPrice(values.price);
  const total = readTotal(quantity, price);
  const status = readStatus(values.status, statuses);
  const issues = [orderId, customerId, productId, time, quantity, price, total, status].flatMap(
    (read) => read.issues,
  );
  if (issues.length > 0) return { issues, order: null };
  const order = {
    orderId: orderId.value,
    customerId: customerId.value,
    productId: productId.value,
    eventTimeMs: time.value,
    quantity: quantity.value,
    priceCents: price.value,
    totalCents: total.value,
    status: status.value,
  };
  return { issues, order };
}

function readId(field: string, received: string | null): Read<string> {
  const text = present(received);
  if (text === null) return { value: '', issues: [`${field}_missing`] };
  const isTooLong = Buffer.byteLength(text) > 128;
  return { value: text, issues: isTooLong ? [`${field}_too_long`] : [] };
}

const TIMESTAMP =
  /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(?:(:\d\d)(?:\.(\d{1,9}))?)?(?: ?(?:Z|UTC|([+-]\d\d)(?::?(\d\d))?))?$/;

export function readTimestamp(received: string | null): Read<number> {
  const text = present(received);
  if (text === null) return { value: 0, issues: ['order_timestamp_missing'] };
  const invalid = { value: 0, issues: ['order_timestamp_invalid'] };
  const match = TIMESTAMP.exec(text);
  if (match === null) return invalid;
  const [, day, time, seconds = ':00', fraction = '', hours = '+00', minutes = '00'] = match;

  // `Date` takes 24:00:00 and February 30 for other times: then it does not give back what it was
  // given.
  const localText = `${day}T${time}${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
  const local = new Date(localText);
  if (Number.isNaN(local.getTime()) || local.toISOString() !== localText) return invalid;

  const offsetMinutes = Number(hours.slice(1)) * 60 + Number(minutes);
  if (Number(minutes) > 59 || offsetMinutes > 14 * 60) return invalid;
  const value = local.getTime() - (hours.startsWith('-') ? -offsetMinutes : offsetMinutes) * 60_000;
  const year = new Date(value).getUTCFullYear();
  return year < 1970 || year > 2199 ? invalid : { value, issues: [] };
}

export function readQuantity(received: string | null): Read<bigint> {
  const text = present(received);
  if (text === null) return { value: 0n, issues: ['quantity_missing'] };
  const match = /^([+-]?)(\d+)(?:\.0*)?$/.exec(text);
  if (match === null) return { value: 0n, issues: ['quantity_not_integer'] };
  const value = match[1] === '-' ? -BigInt(match[2]) : BigInt(match[2]);
  if (value <= 0n) return { value, issues: ['quantity_not_positive'] };
  return { value, issues: value > 100_000n ? ['quantity_too_large'] : [] };
}

/** The value is in cents. */
export function readPrice(received: string | null): Read<bigint> {
  const text = present(received);
  if (text === null) return { value: 0n, issues: ['price_missing'] };
  const match = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))$/.exec(text);
  if (match === null) return { value: 0n, issues: ['price_not_decimal'] };
  const fraction = match[3] ?? match[4] ?? '';
  const scale = 10n ** BigInt(fraction.length);
  const size = BigInt((match[2] ?? '') + fraction);
  const scaled = match[1] === '-' ? -size : size;
  const issues: string[] = [];
  if (scaled < 0n) issues.push('price_negative');
  if (/[1-9]/.test(fraction.slice(2))) issues.push('price_too_precise');
  if (scaled * 100n > 9_999_999_999n * scale) issues.push('price_too_large');
  return { value: (scaled * 100n) / scale, issues };
}

/** In cents. Examined only where both factors have no issue. */
function readTotal(quantity: Read<bigint>, price: Read<bigint>): Read<bigint> {
  if (quantity.issues.length > 0 || price.issues.length > 0) return { value: 0n, issues: [] };
  const value = quantity.value * price.value;
  return { value, issues: value > 100_000_000_000n ? ['total_too_large'] : [] };
}

function readStatus(received: string | null, statuses: Statuses): Read<string> {
  const text = present(received);
  if (text === null) return { value: '', issues: ['status_missing'] };
  const spelling = readStatusSpelling(text);
  const isKnown = Object.hasOwn(statuses, spelling);
  return { value: isKnown ? statuses[spelling] : '', issues: isKnown ? [] : ['status_unknown'] };
}

/** As the map of statuses has it: trimmed, in lower case. */
export function readStatusSpelling(received: string): string {
  return trimmed(received).replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** The columns of `orders` up to `total_amount` (contract §2.2, §3). */
export function derivedColumns(order: Order) {
  const time = new Date(order.eventTimeMs);
  return {
    order_id: order.orderId,
    customer_id: order.customerId,
    product_id: order.productId,
    order_timestamp: time.toISOString(),
    quantity: Number(order.quantity),
    price: decimalText(order.priceCents),
    status: order.status,
    order_date: time.toISOString().slice(0, 10),
    order_day_of_week: time.getUTCDay() + 1,
    hour_of_day: time.getUTCHours(),
    total_amount: decimalText(order.totalCents),
  };
}
