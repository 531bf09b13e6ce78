import {
  GUEST,
  ONE_PIECE,
  PAIR,
  type PresetMapping,
  pairs,
  type Spellings,
  US_DOLLARS,
} from './preset-mapping.ts';

/** Exports of payment providers: a record is a payment. */

/** Types of rows that are sales; all others (withdrawals, holds, conversions) have no status. */
const PAYPAL_SALES = [
  'direct credit card payment',
  'donation payment',
  'ebay auction payment',
  'express checkout payment',
  'general payment',
  'invoice payment',
  'mobile payment',
  'payment',
  'preapproved payment bill user payment',
  'subscription payment',
  'website payment',
];

const PAYPAL_ROWS: Spellings = {
  completed: 'completed',
  'partially refunded': 'completed',
  pending: 'pending',
  held: 'pending',
  'under review': 'pending',
  refunded: 'cancelled',
  reversed: 'cancelled',
  denied: 'cancelled',
  failed: 'cancelled',
  canceled: 'cancelled',
  voided: 'cancelled',
  expired: 'cancelled',
};

export const STRIPE: PresetMapping = {
  fields: {
    order_id: { from: 'id' },
    customer_id: { from: 'Customer ID', default: GUEST },
    product_id: { default: 'payment' },
    order_timestamp: { from: 'Created date (UTC)' },
    quantity: ONE_PIECE,
    price: { from: 'Amount', groupChar: ',' },
    currency: US_DOLLARS,
    status: {
      from: 'Status',
      values: {
        paid: 'completed',
        succeeded: 'completed',
        'partially refunded': 'completed',
        uncaptured: 'pending',
        incomplete: 'cancelled',
        refunded: 'cancelled',
        failed: 'cancelled',
        blocked: 'cancelled',
      },
    },
  },
};

export const PAYPAL: PresetMapping = {
  fields: {
    order_id: { from: 'Transaction ID' },
    customer_id: { from: 'From Email Address', default: GUEST },
    product_id: { default: 'payment' },
    order_timestamp: {
      from: ['Date', 'Time'],
      format: ['%m/%d/%Y %H:%M:%S'],
      timeZone: 'America/Los_Angeles',
    },
    quantity: ONE_PIECE,
    price: { from: 'Gross', groupChar: ',' },
    currency: US_DOLLARS,
    status: {
      from: ['Type', 'Status'],
      join: PAIR,
      values: pairs(PAYPAL_SALES, Object.keys(PAYPAL_ROWS), (_, row) => PAYPAL_ROWS[row]),
    },
  },
};
