import {
  COMPLETED,
  GUEST,
  ONE_PIECE,
  PAIR,
  type PresetMapping,
  pairs,
  type Spellings,
  US_DOLLARS,
} from './preset-mapping.ts';

/** Exports of shops and marketplaces. */

const AMAZON_ORDERS: Spellings = {
  pending: 'pending',
  'pending - waiting for pick up': 'pending',
  unshipped: 'processing',
  partiallyshipped: 'processing',
  'partially shipped': 'processing',
  shipping: 'processing',
  shipped: 'completed',
  'shipped - picked up': 'completed',
  'shipped - out for delivery': 'completed',
  'shipped - delivered to buyer': 'completed',
  'shipped - returning to seller': 'cancelled',
  'shipped - returned to seller': 'cancelled',
  'shipped - rejected by buyer': 'cancelled',
  'shipped - lost in transit': 'cancelled',
  'shipped - damaged': 'cancelled',
  cancelled: 'cancelled',
};

/** An order that is shipped may have cancelled lines. */
const AMAZON_STATUSES: Spellings = {
  ...AMAZON_ORDERS,
  ...pairs(
    Object.keys(AMAZON_ORDERS),
    ['pending', 'unshipped', 'shipped', 'cancelled'],
    (order, line) => (line === 'cancelled' ? 'cancelled' : AMAZON_ORDERS[order]),
  ),
};

export const SHOPIFY: PresetMapping = {
  fields: {
    order_id: { from: ['Name', 'Lineitem sku', 'Lineitem name'], join: '-' },
    customer_id: { from: 'Email', default: GUEST },
    product_id: { from: 'Lineitem sku', default: 'no-sku' },
    order_timestamp: { from: 'Created at' },
    quantity: { from: 'Lineitem quantity' },
    price: { from: 'Lineitem price' },
    currency: US_DOLLARS,
    status: {
      from: 'Financial Status',
      values: {
        paid: 'completed',
        partially_refunded: 'completed',
        authorized: 'processing',
        partially_paid: 'processing',
        pending: 'pending',
        refunded: 'cancelled',
        voided: 'cancelled',
        expired: 'cancelled',
      },
    },
  },
  fillDown: { by: 'Name', fields: ['Email', 'Financial Status', 'Created at', 'Currency'] },
};

export const WOOCOMMERCE: PresetMapping = {
  fields: {
    order_id: { from: ['Order Number', 'Item #'], join: '-' },
    customer_id: { from: 'Email (Billing)', default: GUEST },
    product_id: { from: 'SKU', default: 'no-sku' },
    order_timestamp: { from: 'Order Date' },
    quantity: { from: 'Quantity (- Refund)' },
    price: { from: 'Item Cost' },
    status: {
      from: 'Order Status',
      values: {
        'pending payment': 'pending',
        'on hold': 'pending',
        'on-hold': 'pending',
        refunded: 'cancelled',
        failed: 'cancelled',
        draft: 'cancelled',
        'checkout-draft': 'cancelled',
      },
    },
  },
};

export const MAGENTO: PresetMapping = {
  fields: {
    order_id: { from: 'ID' },
    customer_id: { from: 'Customer Email', default: GUEST },
    product_id: { default: 'order' },
    order_timestamp: { from: 'Purchase Date', format: ['%b %d, %Y %I:%M:%S %p', 'auto'] },
    quantity: ONE_PIECE,
    price: { from: 'Grand Total (Base)', groupChar: ',', bareNumber: false },
    status: {
      from: 'Status',
      values: {
        'pending payment': 'pending',
        'payment review': 'pending',
        'pending paypal': 'pending',
        'on hold': 'pending',
        'suspected fraud': 'pending',
        closed: 'cancelled',
        'paypal reversed': 'cancelled',
      },
    },
  },
};

export const AMAZON: PresetMapping = {
  encoding: 'windows-1252',
  dialect: { delimiter: '\t', quoteChar: null },
  fields: {
    order_id: { from: ['amazon-order-id', 'sku'], join: '-' },
    customer_id: { default: GUEST },
    product_id: { from: 'sku' },
    order_timestamp: { from: 'purchase-date' },
    quantity: { from: 'quantity' },
    price: { from: 'item-price', per: 'line' },
    currency: { from: 'currency', expect: 'USD' },
    status: { from: ['order-status', 'item-status'], join: PAIR, values: AMAZON_STATUSES },
  },
};

export const EBAY: PresetMapping = {
  dialect: { skipRows: 1 },
  fields: {
    order_id: { from: ['Order Number', 'Item Number', 'Transaction ID'], join: '-' },
    customer_id: { from: 'Buyer Username' },
    product_id: { from: 'Item Number' },
    order_timestamp: {
      from: 'Sale Date',
      format: ['%b-%d-%y', '%b-%d-%y %H:%M:%S', '%d-%b-%y', '%d-%b-%y %H:%M:%S'],
    },
    quantity: { from: 'Quantity' },
    price: { from: 'Sold For', groupChar: ',', bareNumber: false },
    status: COMPLETED,
  },
};
