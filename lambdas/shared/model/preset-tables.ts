import type { OrderField } from './order.ts';
import { COMPLETED, GUEST, type PresetMapping } from './preset-mapping.ts';

/** Public data sets, spreadsheets, and tables that a database unloads. */

export const UCI_ONLINE_RETAIL: PresetMapping = {
  encoding: 'windows-1252',
  fields: {
    order_id: { from: ['InvoiceNo', 'StockCode', 'Quantity', 'UnitPrice'], join: '-' },
    customer_id: { from: 'CustomerID', default: GUEST },
    product_id: { from: 'StockCode' },
    order_timestamp: { from: 'InvoiceDate', format: ['%m/%d/%Y %H:%M', 'auto'] },
    quantity: { from: 'Quantity' },
    price: { from: 'UnitPrice' },
    status: COMPLETED,
  },
};

export const SUPERSTORE: PresetMapping = {
  encoding: 'windows-1252',
  fields: {
    order_id: { from: ['Order ID', 'Row ID'], join: '-' },
    customer_id: { from: 'Customer ID' },
    product_id: { from: 'Product ID' },
    order_timestamp: { from: 'Order Date', format: ['%m/%d/%Y'] },
    quantity: { from: 'Quantity' },
    price: { from: 'Sales', per: 'line' },
    status: COMPLETED,
  },
};

export const EUROPEAN_SPREADSHEET: PresetMapping = {
  encoding: 'windows-1252',
  dialect: { delimiter: ';' },
  fields: {
    order_timestamp: {
      from: 'order_timestamp',
      format: ['%d.%m.%Y %H:%M:%S', '%d.%m.%Y %H:%M', '%d.%m.%Y'],
    },
    quantity: { from: 'quantity', decimalChar: ',', groupChar: '.' },
    price: { from: 'price', decimalChar: ',', groupChar: '.', bareNumber: false },
  },
};

/** Files without header have the columns in Tandem's own order. */
const OWN_COLUMNS: readonly OrderField[] = [
  'order_id',
  'customer_id',
  'product_id',
  'order_timestamp',
  'quantity',
  'price',
  'status',
];

/** `UNLOAD … ADDQUOTES ESCAPE`. Null is an empty text; NULL and None are words like others. */
export const REDSHIFT_UNLOAD: PresetMapping = {
  dialect: { delimiter: '|', escapeChar: '\\', header: false, columns: OWN_COLUMNS },
  missingValues: [''],
};

/** `COPY INTO …` of CSV, with `FIELD_OPTIONALLY_ENCLOSED_BY = '"'`. */
export const SNOWFLAKE_UNLOAD: PresetMapping = {
  dialect: { delimiter: ',', header: false, columns: OWN_COLUMNS },
  missingValues: ['', '\\N'],
};

/**
 * `COPY … TO` in text form. No escape character: COPY writes tabs and line ends of a value as two
 * letters, so records are found without it, and `\N` stays what it is.
 */
export const POSTGRES_COPY: PresetMapping = {
  dialect: { delimiter: '\t', quoteChar: null, header: false, columns: OWN_COLUMNS },
  missingValues: ['', '\\N'],
};
