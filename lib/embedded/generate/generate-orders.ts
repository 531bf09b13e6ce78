import { setImmediate as nextTurn } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import type { Config } from '../../../lambdas/shared/model/config.ts';
import { cleanUpOnFailure, TerminalError } from '../../../lambdas/shared/model/errors.ts';
import type { ObjectStore } from '../../../lambdas/shared/ports/object-store.ts';
import { ArrivalOrder } from './arrival-order.ts';
import { customerRows, productRows } from './dimensions.ts';
import { OrderRows } from './order-rows.ts';
import { OrderValues } from './order-values.ts';

/** Names what an earlier `generate` wrote, so that the next one replaces that and nothing else. */
const MARKER_KEY = '_generated.json';
const FOLDERS = ['orders/', 'customers/', 'products/'];
const MAX_NAMED_FILES = 5;
const ORDERS_PER_TURN = 500_000;
const TEXT_PIECE_BYTES = 64 * 1024;
/** Fast: generated files are for trying out, not for keeping. */
const GZIP_LEVEL = 1;

export interface GenerateOptions {
  readonly store: ObjectStore;
  /** 1 to 1,000,000,000; copies come on top. */
  readonly orders: number;
  readonly seed: number;
  /** Parts of about equal row counts, 1 to 10,000. */
  readonly files: number;
  readonly isGzip: boolean;
  readonly config: Config['generate'];
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { rowsDone: number; rowsTotal: number }) => void;
}

export interface GeneratedFile {
  readonly key: string;
  readonly rows: number;
  readonly bytes: number;
}

export interface GeneratedLanding {
  readonly orders: number;
  /** Orders and their copies. */
  readonly rows: number;
  readonly bytes: number;
  readonly files: readonly GeneratedFile[];
}

/**
 * Writes orders, customers and products (contract §7). The same options give the same bytes.
 * Replaces files of an earlier call; throws `output_not_generated` before writing if other files
 * are in the way. Aborted or failed later, it leaves no file of its own.
 */
export async function generateOrders(options: GenerateOptions): Promise<GeneratedLanding> {
  const { store } = options;
  const old = await generatedBefore(store);
  await assertNothingElse(store, old);
  const arrivals = await measuredArrivals(options);
  await store.delete([...old]);

  const keys = plannedKeys(options);
  const marker = { generated_by: 'tandem generate', files: keys };
  await store.put(MARKER_KEY, Buffer.from(`${JSON.stringify(marker, null, 2)}\n`));
  return await cleanUpOnFailure(
    async () => {
      const files = await writeOrders(options, arrivals);
      files.push(await writeText(options, 'customers', customerRows));
      files.push(await writeText(options, 'products', productRows));
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
      return { orders: options.orders, rows: arrivals.rowCount, bytes, files };
    },
    () => store.delete([...keys, MARKER_KEY]),
  );
}

async function measuredArrivals(options: GenerateOptions): Promise<ArrivalOrder> {
  const { orders: orderCount, seed, config } = options;
  const arrivals = new ArrivalOrder({ orderCount, seed, config });
  while (!arrivals.measure(ORDERS_PER_TURN)) await pause(options);
  return arrivals;
}

/** Lets the event loop turn, or ctrl-C would not be heard, and ends here when it was. */
async function pause({ signal }: GenerateOptions): Promise<void> {
  await nextTurn();
  signal?.throwIfAborted();
}

async function writeOrders(
  options: GenerateOptions,
  arrivals: ArrivalOrder,
): Promise<GeneratedFile[]> {
  const { config, seed, store } = options;
  const rows = new OrderRows(config);
  const values = new OrderValues(seed, config);
  const files: GeneratedFile[] = [];
  let rowsDone = 0;
  for (let index = 0; index < options.files; index++) {
    const rowsBefore = rowsDone;
    const rowsEnd = Math.floor((arrivals.rowCount * (index + 1)) / options.files);
    const key = ordersKey(options, index);
    const bytes = await writeObject(store, key, options.isGzip, async (write) => {
      rows.addHeader();
      while (rowsDone < rowsEnd) {
        while (rowsDone < rowsEnd && !rows.isFull) {
          arrivals.next();
          values.draw(arrivals.orderIndex);
          rows.addRow(arrivals.orderIndex + 1, arrivals.eventSec, values);
          rowsDone += 1;
        }
        await write(rows.take());
        await pause(options);
        options.onProgress?.({ rowsDone, rowsTotal: arrivals.rowCount });
      }
      await write(rows.take());
    });
    files.push({ key, rows: rowsDone - rowsBefore, bytes });
  }
  return files;
}

async function writeText(
  options: GenerateOptions,
  name: 'customers' | 'products',
  rowsOf: (config: Config['generate'], seed: number) => Iterable<string>,
): Promise<GeneratedFile> {
  const key = `${name}/${name}.csv`;
  const bytes = await writeObject(options.store, key, false, async (write) => {
    let piece = '';
    for (const row of rowsOf(options.config, options.seed)) {
      piece += row;
      if (piece.length < TEXT_PIECE_BYTES) continue;
      await write(Buffer.from(piece));
      piece = '';
    }
    await write(Buffer.from(piece));
  });
  return { key, rows: options.config[name], bytes };
}

/** Returns the bytes of the object as stored. */
async function writeObject(
  store: ObjectStore,
  key: string,
  isGzip: boolean,
  produce: (write: (bytes: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<number> {
  const writer = store.openWriter(key);
  let sizeBytes = 0;
  const write = async (bytes: Uint8Array) => {
    sizeBytes += bytes.length;
    await writer.write(bytes);
  };
  await cleanUpOnFailure(
    async () => {
      if (isGzip) await throughGzip(write, produce);
      else await produce(write);
      await writer.commit();
    },
    () => writer.abort(),
  );
  return sizeBytes;
}

async function throughGzip(
  write: (bytes: Uint8Array) => Promise<void>,
  produce: (write: (bytes: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<void> {
  const gzip = createGzip({ level: GZIP_LEVEL });
  const copying = (async () => {
    for await (const piece of gzip) await write(piece as Uint8Array);
  })();
  const producing = produce(
    (bytes) =>
      new Promise((resolve, reject) => {
        gzip.write(bytes, (error) => (error ? reject(error) : resolve()));
      }),
  ).then(
    () => void gzip.end(),
    (error: unknown) => void gzip.destroy(error as Error),
  );
  await Promise.all([copying, producing]);
}

function ordersKey({ isGzip }: GenerateOptions, index: number): string {
  return `orders/part-${String(index + 1).padStart(5, '0')}.csv${isGzip ? '.gz' : ''}`;
}

function plannedKeys(options: GenerateOptions): string[] {
  const orders = Array.from({ length: options.files }, (_, index) => ordersKey(options, index));
  return [...orders, 'customers/customers.csv', 'products/products.csv'];
}

async function generatedBefore(store: ObjectStore): Promise<ReadonlySet<string>> {
  if ((await store.head(MARKER_KEY)) === null) return new Set();
  const text = new TextDecoder().decode(await store.get(MARKER_KEY));
  try {
    const { files } = JSON.parse(text) as { files: string[] };
    return new Set(files.filter((key) => FOLDERS.some((folder) => key.startsWith(folder))));
  } catch (cause) {
    throw new TerminalError('output_not_generated', `${MARKER_KEY} cannot be read`, { cause });
  }
}

/** Batch would read another file below these folders together with the generated ones. */
async function assertNothingElse(store: ObjectStore, old: ReadonlySet<string>): Promise<void> {
  const others: string[] = [];
  for (const folder of FOLDERS) {
    for await (const { key } of store.list(folder)) if (!old.has(key)) others.push(key);
  }
  if (others.length === 0) return;
  const named = others.slice(0, MAX_NAMED_FILES).join(', ');
  const more =
    others.length > MAX_NAMED_FILES ? ` and ${others.length - MAX_NAMED_FILES} more` : '';
  throw new TerminalError(
    'output_not_generated',
    `--out holds files that generate did not write: ${named}${more}; choose another folder`,
  );
}
