/**
 * One million rows of 15 columns as every Parquet contender writes them, in the form that suits
 * each best. The values are a function of the row's number that SQL can compute as well.
 */
export const PARQUET_ROWS = 1_000_000;

export const CUSTOMERS = 1_000;
export const PRODUCTS = 50;
export const STATUS_NAMES = ['completed', 'cancelled', 'pending', 'processing'] as const;
export const CATEGORIES = ['Audio', 'Books', 'Garden', 'Kitchen'] as const;
/** 2026-01-01, in days since 1970. */
export const FIRST_DAY = 20_454;
const SPAN_SECONDS = 31 * 86_400;

/**
 * Where the random-looking bits of each column come from: products below 2^53 are exact in doubles
 * and in BIGINT.
 */
const SCATTER = 2_654_435_761;
const MULTIPLIERS = { customer: 2_246_822_519, product: 3_266_489_917, rest: 668_265_263 };

type Draw = keyof typeof MULTIPLIERS;

/** 24 bits that look random. The same expression as `drawSql`. */
function drawOf(row: number, draw: Draw): number {
  const scattered = (row * SCATTER) % 2 ** 32;
  const folded = (scattered ^ (scattered >>> 15)) & 0x1fffff;
  return Math.floor(((folded * MULTIPLIERS[draw]) % 2 ** 32) / 256);
}

function drawSql(draw: Draw): string {
  const scattered = `((i * ${SCATTER}) % 4294967296)`;
  const folded = `(xor(${scattered}, ${scattered} >> 15) & 2097151)`;
  return `(((${folded} * ${MULTIPLIERS[draw]}) % 4294967296) // 256)`;
}

/** The columns as numbers: everything else is made from these. */
export interface NumberColumns {
  readonly customer: Uint32Array;
  readonly product: Uint32Array;
  readonly status: Uint32Array;
  readonly timeMs: Float64Array;
  readonly quantity: Int32Array;
  readonly priceCents: Float64Array;
  readonly day: Int32Array;
  readonly dayOfWeek: Int32Array;
  readonly hour: Int32Array;
  readonly totalCents: Float64Array;
  readonly offset: Float64Array;
}

export function numberColumns(): NumberColumns {
  const columns = {
    customer: new Uint32Array(PARQUET_ROWS),
    product: new Uint32Array(PARQUET_ROWS),
    status: new Uint32Array(PARQUET_ROWS),
    timeMs: new Float64Array(PARQUET_ROWS),
    quantity: new Int32Array(PARQUET_ROWS),
    priceCents: new Float64Array(PARQUET_ROWS),
    day: new Int32Array(PARQUET_ROWS),
    dayOfWeek: new Int32Array(PARQUET_ROWS),
    hour: new Int32Array(PARQUET_ROWS),
    totalCents: new Float64Array(PARQUET_ROWS),
    offset: new Float64Array(PARQUET_ROWS),
  };
  for (let row = 0; row < PARQUET_ROWS; row++) {
    const rest = drawOf(row, 'rest');
    const second = Math.floor((row * SPAN_SECONDS) / PARQUET_ROWS);
    const day = FIRST_DAY + Math.floor(second / 86_400);
    columns.customer[row] = drawOf(row, 'customer') % CUSTOMERS;
    columns.product[row] = drawOf(row, 'product') % PRODUCTS;
    columns.status[row] = Math.floor(rest / 4096) % 4;
    columns.timeMs[row] = (FIRST_DAY * 86_400 + second) * 1000;
    columns.quantity[row] = 1 + (rest % 10);
    columns.priceCents[row] = 500 + (rest % 49_501);
    columns.day[row] = day;
    columns.dayOfWeek[row] = ((day + 4) % 7) + 1;
    columns.hour[row] = Math.floor(second / 3600) % 24;
    columns.totalCents[row] = columns.quantity[row] * columns.priceCents[row];
    columns.offset[row] = row * 57;
  }
  return columns;
}

/** The same table as a SELECT over a table with the numbers `i` from 0. */
export function rowsSql(numbersTable: string): string {
  const names = (list: readonly string[], index: string) =>
    `list_extract([${list.map((name) => `'${name}'`).join(', ')}], (${index} + 1)::INTEGER)`;
  return `
    SELECT 'o' || (i + 1) AS order_id, 'c' || (customer + 1) AS customer_id,
      'p' || (product + 1) AS product_id,
      make_timestamp_ms(time_ms)::TIMESTAMPTZ AS order_timestamp,
      quantity, price, ${names(STATUS_NAMES, 'status')} AS status,
      make_timestamp_ms(time_ms)::DATE AS order_date,
      ((time_ms // 86400000 + 4) % 7 + 1)::INTEGER AS order_day_of_week,
      (time_ms // 3600000 % 24)::INTEGER AS hour_of_day,
      (quantity * price)::DECIMAL(18,2) AS total_amount,
      'Customer ' || (customer + 1) AS customer_name,
      'Product ' || (product + 1) AS product_name, ${names(CATEGORIES, 'product % 4')} AS category,
      i * 57 AS source_offset
    FROM (
      SELECT i, ${drawSql('customer')} % ${CUSTOMERS} AS customer,
        ${drawSql('product')} % ${PRODUCTS} AS product, rest // 4096 % 4 AS status,
        (${FIRST_DAY * 86_400} + i * ${SPAN_SECONDS} // ${PARQUET_ROWS}) * 1000 AS time_ms,
        (1 + rest % 10)::INTEGER AS quantity,
        ((500 + rest % 49501)::DECIMAL(10,0) / 100)::DECIMAL(10,2) AS price
      FROM (SELECT i, ${drawSql('rest')} AS rest FROM ${numbersTable})
    )`;
}
