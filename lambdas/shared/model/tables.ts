import {
  AMOUNT,
  type Column,
  type ColumnDraft,
  DATE,
  INT32,
  INT64,
  nullable,
  numbered,
  PRICE,
  required,
  STRING,
  TIMESTAMP,
} from './column.ts';
import { DIMENSIONS } from './dimension.ts';
import { ORDER_FIELDS, STATUSES } from './order.ts';

/**
 * THE definition of every table (contract §3): name, columns, types, field ids, partition, order.
 * The writer, the readers, `show`, the documentation and the catalogue are driven by it.
 */

/**
 * Version of the files' form, raised when the same rows give other bytes or other keys. 2: folders
 * `day=…` (before: `order_date=…`), instants in microseconds (before: milliseconds).
 */
export const TABLE_VERSION = 2;

export type Door = 'batch' | 'stream';

export const TABLE_NAMES = [
  'orders',
  'cancelled',
  'duplicates',
  'late',
  'quarantine',
  'daily_revenue',
  'hourly_revenue',
  'product_revenue',
  'top_products',
  'window_revenue',
] as const;

export type TableName = (typeof TABLE_NAMES)[number];

/** Rows of `top_products`, at most (contract §3). */
export const TOP_PRODUCTS = 10;

/** What columns were called in files of earlier versions, and are called now. */
export const RENAMED_COLUMNS: ReadonlyMap<string, string> = new Map([
  ['first_source', 'kept_source'],
  ['first_source_offset', 'kept_source_offset'],
]);

export interface Table {
  readonly name: TableName;
  readonly door: Door;
  readonly description: string;
  readonly columns: readonly Column[];
  /** The column whose value names the folder of a file (`day=…`), or null; it is in the file. */
  readonly partitionBy: 'order_date' | null;
  /** The rows of one file are in this order. */
  readonly sortedBy: readonly { readonly column: string; readonly descending?: true }[];
}

const STATUS_NAMES = `${STATUSES.slice(0, -1).join(', ')} or ${STATUSES.at(-1)}`;

/** The values of an order, and what is derived from them. */
export const ORDER_COLUMNS: readonly ColumnDraft[] = [
  required('order_id', STRING, 'id of the order'),
  required('customer_id', STRING, 'id of the customer'),
  required('product_id', STRING, 'id of the product'),
  required('order_timestamp', TIMESTAMP, 'event time, to the millisecond'),
  required('quantity', INT32, 'pieces, 1 to 100,000'),
  required('price', PRICE, 'price of one piece'),
  required('status', STRING, STATUS_NAMES),
  required('order_date', DATE, 'day of order_timestamp in UTC'),
  required('order_day_of_week', INT32, '1 = Sunday … 7 = Saturday'),
  required('hour_of_day', INT32, '0 to 23, UTC'),
  required('total_amount', AMOUNT, 'quantity × price, or the amount of the line; exact'),
];

const RAW_COLUMNS: readonly ColumnDraft[] = [
  required('issues', STRING, 'issue codes, separated by commas'),
  required('raw', STRING, 'first 64 KiB of the record, without its line end'),
  ...ORDER_FIELDS.map((name) => nullable(name, STRING, 'as read: unquoted, not trimmed')),
];

const REVENUE_COLUMNS: readonly ColumnDraft[] = [
  required('total_orders', INT64, 'number of active orders'),
  required('total_revenue', AMOUNT, 'sum of total_amount'),
];

function positionColumns(door: Door): readonly ColumnDraft[] {
  return door === 'batch'
    ? [
        required('source', STRING, 'object key below the landing root'),
        required('source_offset', INT64, 'first byte of the record in the uncompressed file'),
      ]
    : [
        required('source', STRING, '<stream>/<shardId>'),
        required(
          'sequence_number',
          STRING,
          'sequence number of the Kinesis record; sort it as a number',
        ),
      ];
}

function sortedByPosition(door: Door): Table['sortedBy'] {
  return [{ column: 'source' }, { column: door === 'batch' ? 'source_offset' : 'sequence_number' }];
}

function defineTable(
  name: TableName,
  door: Door,
  description: string,
  drafts: readonly ColumnDraft[],
  rest: Pick<Table, 'partitionBy' | 'sortedBy'>,
): Table {
  return { name, door, description, columns: numbered(drafts), ...rest };
}

function rowTables(door: Door): Table[] {
  const sortedBy = sortedByPosition(door);
  const position = positionColumns(door);
  const tables = [
    defineTable(
      'orders',
      door,
      'Active orders, joined with customer and product.',
      [...ORDER_COLUMNS, ...DIMENSIONS.flatMap(({ columns }) => columns), ...position],
      { partitionBy: 'order_date', sortedBy },
    ),
    defineTable('cancelled', door, 'Cancelled orders.', [...ORDER_COLUMNS, ...position], {
      partitionBy: 'order_date',
      sortedBy,
    }),
    defineTable(
      'duplicates',
      door,
      door === 'batch'
        ? 'Valid records whose order id is counted in another record.'
        : 'Valid records whose order id is held by an earlier record.',
      door === 'batch'
        ? [
            ...ORDER_COLUMNS,
            ...position,
            required('kept_source', STRING, 'source of the record that counts'),
            required('kept_source_offset', INT64, 'source_offset of that record'),
          ]
        : [...ORDER_COLUMNS, ...position],
      { partitionBy: null, sortedBy },
    ),
    defineTable(
      'quarantine',
      door,
      'Records with at least one issue, as read.',
      [...RAW_COLUMNS, ...position],
      { partitionBy: null, sortedBy },
    ),
  ];
  if (door === 'stream') {
    tables.push(
      defineTable(
        'late',
        door,
        'Valid records that arrived after their window was closed.',
        [
          ...ORDER_COLUMNS,
          required('watermark', TIMESTAMP, 'watermark that made the record late'),
          ...position,
        ],
        { partitionBy: null, sortedBy },
      ),
    );
  }
  return tables;
}

function revenueTables(door: Door): Table[] {
  return [
    defineTable(
      'daily_revenue',
      door,
      'Revenue of active orders by day.',
      [required('order_date', DATE, 'UTC day'), ...REVENUE_COLUMNS],
      { partitionBy: null, sortedBy: [{ column: 'order_date' }] },
    ),
    defineTable(
      'hourly_revenue',
      door,
      'Revenue of active orders by hour of day, over all days.',
      [required('hour_of_day', INT32, '0 to 23, UTC'), ...REVENUE_COLUMNS],
      { partitionBy: null, sortedBy: [{ column: 'hour_of_day' }] },
    ),
    defineTable(
      'product_revenue',
      door,
      'Revenue of active orders by product.',
      [required('product_id', STRING, 'id of the product'), ...REVENUE_COLUMNS],
      {
        partitionBy: null,
        sortedBy: [{ column: 'total_revenue', descending: true }, { column: 'product_id' }],
      },
    ),
    defineTable(
      'top_products',
      door,
      'The ten products with the highest revenue.',
      [
        required('rank', INT32, `1 to ${TOP_PRODUCTS}`),
        required('product_id', STRING, 'id of the product'),
        nullable('product_name', STRING, 'from products'),
        nullable('category', STRING, 'from products'),
        ...REVENUE_COLUMNS,
      ],
      { partitionBy: null, sortedBy: [{ column: 'rank' }] },
    ),
    defineTable(
      'window_revenue',
      door,
      'Revenue of active orders by tumbling window of event time and product.',
      [
        required('window_start', TIMESTAMP, 'inclusive'),
        required('window_end', TIMESTAMP, 'exclusive'),
        required('product_id', STRING, 'id of the product'),
        required('orders_count', INT64, 'number of active orders'),
        required('total_revenue', AMOUNT, 'sum of total_amount'),
      ],
      { partitionBy: null, sortedBy: [{ column: 'window_start' }, { column: 'product_id' }] },
    ),
  ];
}

const TABLES: Readonly<Record<Door, ReadonlyMap<TableName, Table>>> = {
  batch: new Map(
    [...rowTables('batch'), ...revenueTables('batch')].map((table) => [table.name, table]),
  ),
  stream: new Map(
    [...rowTables('stream'), ...revenueTables('stream')].map((table) => [table.name, table]),
  ),
};

/** The tables of a door, in the order of contract §3. Only the stream has `late`. */
export function tablesOf(door: Door): readonly Table[] {
  return TABLE_NAMES.flatMap((name) => TABLES[door].get(name) ?? []);
}

/**
 * The definition of one table. Throws if the door has no such table; `tablesOf` lists the names.
 */
export function tableOf(door: Door, name: TableName): Table {
  const table = TABLES[door].get(name);
  if (table === undefined) throw new RangeError(`the ${door} door has no table ${name}`);
  return table;
}
