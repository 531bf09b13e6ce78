import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { csvFile } from './messy-csv.ts';
import {
  customerId,
  edgeTotal,
  freeText,
  mix,
  orderId,
  orderTimestamp,
  price,
  productId,
  quantity,
  registrationDate,
  status,
} from './messy-values.ts';
import { mutated } from './mutations.ts';
import { FIELDS } from './oracle/text.ts';

/**
 * Landing folders as senders leave them. Most of them can be run; their records meet every rule of
 * contract §1–2, which a test of these arbitraries holds.
 */
export type Landing = Map<string, Uint8Array>;

const orderValues = fc
  .record({
    order_id: orderId,
    customer_id: customerId,
    product_id: productId,
    order_timestamp: orderTimestamp,
    quantity,
    price,
    status,
    total: mix<readonly string[] | null>([60, fc.constant(null)], [1, edgeTotal]),
  })
  .map(({ total, ...values }) =>
    total === null ? values : { ...values, quantity: total[0], price: total[1] },
  );

const customerValues = fc.record({
  customer_id: customerId,
  customer_name: freeText,
  customer_email: freeText,
  customer_segment: freeText,
  registration_date: registrationDate,
});

const productValues = fc.record({
  product_id: productId,
  product_name: freeText,
  category: freeText,
  brand: freeText,
  list_price: price,
});

/** What of a gzip file arrives; `whole` of 100 are whole. */
function compressed(file: fc.Arbitrary<Uint8Array>, whole: number): fc.Arbitrary<Uint8Array> {
  const cut = fc.double({ min: 0, max: 1, noNaN: true });
  const members = fc.tuple(file, fc.array(cut, { maxLength: 3 })).map(([bytes, cuts]) => {
    const places = cuts.map((at) => Math.floor(at * bytes.length)).sort((a, b) => a - b);
    const starts = [0, ...places];
    return Buffer.concat(
      starts.map((start, index) => gzipSync(bytes.subarray(start, starts[index + 1]))),
    );
  });
  const named = file.map((bytes) => {
    const plain = gzipSync(bytes);
    plain[3] |= 8;
    return Buffer.concat([plain.subarray(0, 10), Buffer.from('name.csv\0'), plain.subarray(10)]);
  });
  const trailing = fc
    .tuple(members, fc.constantFrom('00', '0000000000000000', '1f8b', '0a', '1f8b08'))
    .map(([bytes, hex]) => Buffer.concat([bytes, Buffer.from(hex, 'hex')]));
  const damaged = mix<Uint8Array>(
    [1, trailing],
    [2, fc.tuple(members, cut).map(([bytes, at]) => bytes.subarray(0, at * bytes.length))],
    [1, mutated(members)],
    [1, file],
  );
  return mix<Uint8Array>([whole, mix([8, members], [1, named])], [100 - whole, damaged]);
}

/**
 * Bytewise order differs from the order of UTF-16 in the last two; upper case comes before lower
 * case.
 */
const ORDER_KEYS = [
  'orders/a.csv',
  'orders/B.csv',
  'orders/a.csv.gz',
  'orders/2026/01/a.csv',
  'orders/2026/01/b.csv.gz',
  'orders/a b.csv',
  'orders/ｚ.csv',
  'orders/😀.csv.gz',
];

/** Not read, whatever they hold. */
const PASSED_OVER_KEYS = [
  'orders/_SUCCESS',
  'orders/_old/a.csv',
  'orders/.hidden.csv',
  'orders/2026/_a.csv.gz',
  'orders/readme.txt',
  'orders/a.csv.bak',
  'orders/a.CSV',
  'customers/old/a.csv',
  'customers/.a.csv',
  'products/a.ndjson',
  'a.csv',
  'ordersx/a.csv',
  '_orders/orders/a.csv',
];

function filesUnder(
  keys: readonly string[],
  file: fc.Arbitrary<Uint8Array>,
  { fileCountMax, whole }: { fileCountMax: number; whole: number },
): fc.Arbitrary<[string, Uint8Array][]> {
  const stored = fc.constantFrom(...keys).chain((key) => {
    const bytes = key.endsWith('.gz') ? compressed(file, whole) : file;
    return fc.tuple(fc.constant(key), bytes);
  });
  const files = (minLength: number) =>
    fc.uniqueArray(stored, {
      selector: ([key]) => key,
      minLength,
      maxLength: fileCountMax,
      size: 'max',
    });
  return mix([20, files(1)], [1, files(0)]);
}

export interface MessyOptions {
  /** Of each orders file. */
  readonly rowCountMax?: number;
  readonly fileCountMax?: number;
}

export function messyLanding(options: MessyOptions = {}): fc.Arbitrary<Landing> {
  const { rowCountMax = 25, fileCountMax = 4 } = options;
  const orders = csvFile({
    columns: FIELDS,
    values: orderValues,
    rowCountMax,
    headerDefects: 8,
    mutations: 8,
  });
  const dimension = (values: fc.Arbitrary<Record<string, string>>, columns: readonly string[]) =>
    csvFile({ columns, values, rowCountMax: 10, headerDefects: 1, mutations: 1 });
  const customers = dimension(customerValues, [
    'customer_id',
    'customer_name',
    'customer_email',
    'customer_segment',
    'registration_date',
  ]);
  const products = dimension(productValues, [
    'product_id',
    'product_name',
    'category',
    'brand',
    'list_price',
  ]);
  return fc
    .tuple(
      filesUnder(ORDER_KEYS, orders, { fileCountMax, whole: 85 }),
      filesUnder(['customers/a.csv', 'customers/B.csv', 'customers/c.csv.gz'], customers, {
        fileCountMax: 2,
        whole: 98,
      }),
      filesUnder(['products/a.csv', 'products/b.csv', 'products/b.csv.gz'], products, {
        fileCountMax: 2,
        whole: 98,
      }),
      filesUnder(PASSED_OVER_KEYS, fc.constant(Buffer.from('"')), {
        fileCountMax: 2,
        whole: 100,
      }),
    )
    .chain((folders) => fc.shuffledSubarray(folders.flat(), { minLength: folders.flat().length }))
    .map(landing);
}

/**
 * One orders file of any bytes below a header that can be read, or without one: nothing may crash,
 * hang or vanish.
 */
export const arbitraryLanding: fc.Arbitrary<Landing> = fc
  .tuple(
    fc.boolean(),
    fc.array(mix([3, fc.uint8Array({ maxLength: 12 })], [2, separators()]), { maxLength: 30 }),
  )
  .map(([hasHeader, parts]) => {
    const header = Buffer.from(hasHeader ? `${FIELDS.join(',')}\n` : '');
    return landing([['orders/a.csv', Buffer.concat([header, ...parts])]]);
  });

function separators(): fc.Arbitrary<Uint8Array> {
  return fc
    .constantFrom(',', ',,,,,,', '"', '""', '\n', '\r\n', '\r')
    .map((text) => Buffer.from(text));
}

/** A map that fast-check prints as text, one character per byte. */
function landing(files: readonly (readonly [string, Uint8Array])[]): Landing {
  const shown = () =>
    files
      .map(([key, bytes]) => {
        const text = Buffer.from(bytes).toString('latin1');
        return `${key}: ${JSON.stringify(text.length > 5_000 ? `${text.slice(0, 5_000)}…` : text)}`;
      })
      .join('\n');
  return Object.assign(new Map(files), { [fc.toStringMethod]: shown });
}
