/**
 * The whole batch job as DuckDB does it best: `node batch-duckdb.ts LANDING OUT`. Same landing
 * folder, same tables.
 *
 * It does what generated data needs and no more: types are read by `read_csv` itself (a value that
 * is no number would end the run), quarantined records are put together again from their values,
 * and the number of a record stands for its offset. All of this is in DuckDB's favour.
 * `docs/performance.md` lists the formulations that were slower.
 */
import { join } from 'node:path';
import { type DuckDb, openDuckDb, quoted } from './duckdb-connection.ts';

/** The one file of orders; a constant, so that no column has to be read for it. */
const SOURCE = `'orders/part-00001.csv' AS source`;
/** Level 1 and version 2 were 5 to 10 % faster than the defaults (level 3, version 1). */
const PARQUET = 'FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, PARQUET_VERSION v2';
const PARTITIONED = `${PARQUET}, PARTITION_BY (order_date), WRITE_PARTITION_COLUMNS true`;

const IS_VALID = `quantity > 0 AND price >= 0 AND order_id IS NOT NULL
  AND known_status IS NOT NULL`;

const KNOWN_STATUS = `CASE lower(status)
  WHEN 'complete' THEN 'completed' WHEN 'completed' THEN 'completed' WHEN 'done' THEN 'completed'
  WHEN 'cancelled' THEN 'cancelled' WHEN 'canceled' THEN 'cancelled' WHEN 'cancel' THEN 'cancelled'
  WHEN 'pending' THEN 'pending' WHEN 'processing' THEN 'processing'
  WHEN 'in_progress' THEN 'processing' WHEN 'in progress' THEN 'processing' END`;

const ORDER_COLUMNS = `order_id, customer_id, product_id,
  order_timestamp::TIMESTAMPTZ AS order_timestamp, quantity, price, known_status AS status,
  order_timestamp::DATE AS order_date,
  (dayofweek(order_timestamp) + 1)::INTEGER AS order_day_of_week,
  hour(order_timestamp)::INTEGER AS hour_of_day, (quantity * price)::DECIMAL(18,2) AS total_amount`;

await main(process.argv[2], process.argv[3]);

async function main(landing: string, out: string): Promise<void> {
  const db = await openDuckDb(join(out, 'tmp'));
  await readDimensions(db, landing);
  const read = await readOrders(db, landing);
  await findDuplicates(db);
  const duplicate = await writeDuplicates(db, out);
  const quarantined = await writeQuarantine(db, out);
  const active = await writeOrders(db, out);
  const cancelled = await writeCancelled(db, out);
  const revenue = await writeRevenueTables(db, out);
  const counts = { read, active, cancelled, quarantined, duplicate, late: 0 };
  process.stdout.write(`${JSON.stringify({ counts, revenue })}\n`);
}

async function readDimensions(db: DuckDb, landing: string): Promise<void> {
  const csv = (folder: string) =>
    `read_csv(${quoted(join(landing, folder, '*.csv'))}, header = true, all_varchar = true)`;
  await db.rows(`CREATE TEMP TABLE customers AS
    SELECT DISTINCT ON (customer_id) customer_id, customer_name, customer_email, customer_segment,
      registration_date::DATE AS registration_date
    FROM ${csv('customers')}`);
  await db.rows(`CREATE TEMP TABLE products AS
    SELECT DISTINCT ON (product_id) product_id, product_name, category, brand,
      list_price::DECIMAL(10,2) AS list_price
    FROM ${csv('products')}`);
}

/** The order of the file is the order of `rowid`: a number of the record that costs nothing. */
async function readOrders(db: DuckDb, landing: string): Promise<number> {
  return db.count(`CREATE TEMP TABLE records AS
    SELECT order_id, customer_id, product_id, order_timestamp, quantity, price, status,
      ${KNOWN_STATUS} AS known_status
    FROM read_csv(${quoted(join(landing, 'orders/**/*.csv'))}, header = true, auto_detect = false,
      delim = ',', quote = '"', escape = '"', columns = {order_id: 'VARCHAR',
      customer_id: 'VARCHAR', product_id: 'VARCHAR', order_timestamp: 'TIMESTAMP',
      quantity: 'INTEGER', price: 'DECIMAL(10,2)', status: 'VARCHAR'})`);
}

async function findDuplicates(db: DuckDb): Promise<void> {
  await db.rows(`CREATE TEMP TABLE repeated AS
    SELECT rowid AS record, first_value(rowid) OVER same_id AS first_record
    FROM records WHERE ${IS_VALID}
    WINDOW same_id AS (PARTITION BY order_id ORDER BY rowid)
    QUALIFY row_number() OVER same_id > 1`);
}

async function writeOrders(db: DuckDb, out: string): Promise<number> {
  return db.count(`COPY (
    SELECT ${ORDER_COLUMNS}, customer_name, customer_email, customer_segment, registration_date,
      product_name, category, brand, list_price, ${SOURCE}, records.rowid AS source_offset
    FROM records ANTI JOIN repeated ON records.rowid = record
      LEFT JOIN customers USING (customer_id) LEFT JOIN products USING (product_id)
    WHERE ${IS_VALID} AND known_status <> 'cancelled'
  ) TO ${quoted(join(out, 'orders'))} (${PARTITIONED})`);
}

async function writeCancelled(db: DuckDb, out: string): Promise<number> {
  return db.count(`COPY (
    SELECT ${ORDER_COLUMNS}, ${SOURCE}, records.rowid AS source_offset
    FROM records ANTI JOIN repeated ON records.rowid = record
    WHERE ${IS_VALID} AND known_status = 'cancelled'
  ) TO ${quoted(join(out, 'cancelled'))} (${PARTITIONED})`);
}

async function writeDuplicates(db: DuckDb, out: string): Promise<number> {
  return writeFile(
    db,
    out,
    'duplicates',
    `SELECT ${ORDER_COLUMNS}, ${SOURCE}, records.rowid AS source_offset,
      'orders/part-00001.csv' AS kept_source, first_record AS kept_source_offset
    FROM records JOIN repeated ON records.rowid = record ORDER BY source_offset`,
  );
}

async function writeQuarantine(db: DuckDb, out: string): Promise<number> {
  return writeFile(
    db,
    out,
    'quarantine',
    `SELECT concat_ws(',', CASE WHEN order_id IS NULL THEN 'order_id_missing' END,
        CASE WHEN quantity <= 0 THEN 'quantity_not_positive' END,
        CASE WHEN price < 0 THEN 'price_negative' END,
        CASE WHEN known_status IS NULL THEN 'status_unknown' END) AS issues,
      concat_ws(',', coalesce(order_id, ''), customer_id, product_id, order_timestamp, quantity,
        price, status) AS raw,
      coalesce(order_id, '') AS order_id, customer_id, product_id,
      order_timestamp::VARCHAR AS order_timestamp, quantity::VARCHAR AS quantity,
      price::VARCHAR AS price, status, ${SOURCE}, rowid AS source_offset
    FROM records WHERE NOT (${IS_VALID})`,
  );
}

/**
 * One pass over the orders; a window lies in one hour and one day, so the other tables are sums
 * over windows.
 */
async function writeRevenueTables(db: DuckDb, out: string): Promise<string> {
  await db.rows(`CREATE TEMP TABLE windows AS
    SELECT epoch_ms(order_timestamp) // 600000 AS window_index, product_id,
      count(*) AS orders_count, sum((quantity * price)::DECIMAL(18,2)) AS total_revenue
    FROM records ANTI JOIN repeated ON records.rowid = record
    WHERE ${IS_VALID} AND known_status <> 'cancelled' GROUP BY ALL`);
  const start = 'make_timestamp_ms(window_index * 600000)';
  const sums = `sum(orders_count)::BIGINT AS total_orders,
    sum(total_revenue)::DECIMAL(18,2) AS total_revenue`;
  const write = (name: string, sql: string) => writeFile(db, out, name, sql);
  await write(
    'window_revenue',
    `SELECT ${start}::TIMESTAMPTZ AS window_start,
      (${start} + INTERVAL 10 MINUTES)::TIMESTAMPTZ AS window_end, product_id, orders_count,
      total_revenue::DECIMAL(18,2) AS total_revenue
    FROM windows ORDER BY window_index, product_id`,
  );
  await write(
    'daily_revenue',
    `SELECT ${start}::DATE AS order_date, ${sums} FROM windows GROUP BY 1 ORDER BY 1`,
  );
  await write(
    'hourly_revenue',
    `SELECT hour(${start})::INTEGER AS hour_of_day, ${sums} FROM windows GROUP BY 1 ORDER BY 1`,
  );
  await db.rows(`CREATE TEMP TABLE product_revenue AS
    SELECT product_id, ${sums} FROM windows GROUP BY 1 ORDER BY total_revenue DESC, product_id`);
  await write('product_revenue', 'SELECT * FROM product_revenue');
  await write(
    'top_products',
    `SELECT (product_revenue.rowid + 1)::INTEGER AS rank, product_id, product_name, category,
      total_orders, total_revenue
    FROM product_revenue LEFT JOIN products USING (product_id) WHERE rank <= 10 ORDER BY rank`,
  );
  const [[revenue]] = await db.rows('SELECT sum(total_revenue) FROM product_revenue');
  return String(revenue);
}

async function writeFile(db: DuckDb, out: string, name: string, sql: string): Promise<number> {
  return db.count(`COPY (${sql}) TO ${quoted(join(out, `${name}.parquet`))} (${PARQUET})`);
}
