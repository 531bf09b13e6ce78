import type { PresetMapping } from './preset-mapping.ts';
import { PAYPAL, STRIPE } from './preset-payments.ts';
import { AMAZON, EBAY, MAGENTO, SHOPIFY, WOOCOMMERCE } from './preset-shops.ts';
import {
  EUROPEAN_SPREADSHEET,
  POSTGRES_COPY,
  REDSHIFT_UNLOAD,
  SNOWFLAKE_UNLOAD,
  SUPERSTORE,
  UCI_ONLINE_RETAIL,
} from './preset-tables.ts';

export type { PresetField, PresetMapping } from './preset-mapping.ts';

/** For lists of presets. */
export interface PresetNote {
  readonly title: string;
  /** One line: which file it reads, and what one record is. */
  readonly reads: string;
}

/**
 * Mappings that Tandem ships (contract §1.3), each with a page below docs/formats and a file in its
 * form below test/fixtures/formats. They obey four rules:
 *
 * - A record is a line where the format has lines; its id is made of the order and of whatever
 *   tells its lines apart.
 * - A customer whom the format does not name is `guest`.
 * - What was paid back in whole is cancelled, what was paid back in part counts in whole.
 * - Where a format names the currency, another than US dollars is an issue, never added up.
 */
export const PRESETS: Readonly<Record<string, PresetMapping>> = {
  shopify: SHOPIFY,
  woocommerce: WOOCOMMERCE,
  magento: MAGENTO,
  amazon: AMAZON,
  ebay: EBAY,
  stripe: STRIPE,
  paypal: PAYPAL,
  'uci-online-retail': UCI_ONLINE_RETAIL,
  superstore: SUPERSTORE,
  'european-spreadsheet': EUROPEAN_SPREADSHEET,
  'redshift-unload': REDSHIFT_UNLOAD,
  'snowflake-unload': SNOWFLAKE_UNLOAD,
  'postgres-copy': POSTGRES_COPY,
};

/** Title and use of each preset, by the names of `PRESETS`. */
export const PRESET_NOTES: Readonly<Record<string, PresetNote>> = {
  shopify: {
    title: 'Shopify',
    reads: 'the CSV export of orders (orders_export.csv); a record is a line item',
  },
  woocommerce: {
    title: 'WooCommerce',
    reads: 'CSV of the plugin Advanced Order Export; a record is a line item',
  },
  magento: {
    title: 'Magento 2, Adobe Commerce',
    reads: 'the CSV export of the grid of orders; a record is an order',
  },
  amazon: {
    title: 'Amazon',
    reads: 'the flat file “All Orders” of Seller Central; a record is a line item',
  },
  ebay: {
    title: 'eBay',
    reads: 'the orders report of Seller Hub; a record is a line item',
  },
  stripe: {
    title: 'Stripe',
    reads: 'the CSV export of payments; a record is a payment',
  },
  paypal: {
    title: 'PayPal',
    reads: 'the activity report as CSV, in US form; a record is a payment',
  },
  'uci-online-retail': {
    title: 'UCI Online Retail',
    reads: 'the data set Online Retail as CSV; a record is a line of an invoice',
  },
  superstore: {
    title: 'Superstore',
    reads: 'the sample data Superstore as CSV; a record is a line item',
  },
  'european-spreadsheet': {
    title: 'European spreadsheet',
    reads: 'Tandem’s own columns as a spreadsheet saves them: semicolons, 15.01.2026, 1.234,50',
  },
  'redshift-unload': {
    title: 'Amazon Redshift UNLOAD',
    reads: 'the seven columns as UNLOAD writes them: no header, pipes',
  },
  'snowflake-unload': {
    title: 'Snowflake COPY INTO',
    reads: 'the seven columns as COPY INTO writes CSV: no header, commas, gzip',
  },
  'postgres-copy': {
    title: 'PostgreSQL COPY',
    reads: 'the seven columns as COPY TO writes text: no header, tabs',
  },
};
