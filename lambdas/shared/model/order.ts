import { assert } from './errors.ts';

/**
 * An order as it comes in: seven fields, all required (contract §1.1).
 * The index of a field in this list is its index everywhere: in spans, in headers, in issues.
 */
export const ORDER_FIELDS = [
  'order_id',
  'customer_id',
  'product_id',
  'order_timestamp',
  'quantity',
  'price',
  'status',
] as const;

export type OrderField = (typeof ORDER_FIELDS)[number];

export const FIELD_COUNT = ORDER_FIELDS.length;

export const ORDER_ID = 0;
const CUSTOMER_ID = 1;
const PRODUCT_ID = 2;
export const ORDER_TIMESTAMP = 3;
export const QUANTITY = 4;
export const PRICE = 5;
export const STATUS = 6;

/** Fields whose values come again and again: columns hold a code per row, and each value once. */
export const CODED_FIELDS = [CUSTOMER_ID, PRODUCT_ID] as const;

export type CodedName = (typeof ORDER_FIELDS)[(typeof CODED_FIELDS)[number]];

export const CODED_NAMES: readonly CodedName[] = CODED_FIELDS.map((field) => ORDER_FIELDS[field]);

/** Places in `CODED_FIELDS`. */
export const CUSTOMER = CODED_FIELDS.indexOf(CUSTOMER_ID);
export const PRODUCT = CODED_FIELDS.indexOf(PRODUCT_ID);

/** The four statuses the tables hold; a column of statuses stores the index in this list. */
export const STATUSES = ['completed', 'cancelled', 'pending', 'processing'] as const;

export type Status = (typeof STATUSES)[number];

export const CANCELLED_STATUS = STATUSES.indexOf('cancelled');

/** The limits of contract §2. Kernels are told them; what their loops rely on is asserted below. */
export const MAX_RECORD_BYTES = 1024 * 1024;
export const MAX_RAW_BYTES = 64 * 1024;
export const MAX_ID_BYTES = 128;
export const MAX_QUANTITY = 100_000;
export const MAX_PRICE_CENTS = 9_999_999_999;
export const MAX_TOTAL_CENTS = 100_000_000_000;

assert(MAX_QUANTITY < 2 ** 31, 'a quantity takes 32 bits');
assert(
  Number.isSafeInteger(MAX_QUANTITY * MAX_PRICE_CENTS),
  'a total is exact before it is checked',
);
assert(MAX_TOTAL_CENTS <= 2 ** 50, 'a total is one carry of a sum at most');
assert(STATUSES.length <= 2 ** 8, 'an index of a status takes one byte');
