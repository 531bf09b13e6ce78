import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { csvFile } from './messy-csv.ts';
import { anyEvent, orderEvent } from './messy-order-events.ts';
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

/** Another delimiter, a line that names it, another encoding. */
function dressed(file: fc.Arbitrary<Uint8Array>, whole: number): fc.Arbitrary<Uint8Array> {
  const delimiter = mix<string | null>(
    [6, fc.constant(null)],
    [2, fc.constantFrom(...';\t|')],
    [1, fc.constantFrom(...',~x')],
  );
  const encoding = mix(
    [15 * whole, fc.constant('utf8')],
    [whole, fc.constantFrom('utf16le', 'utf16be')],
    [100 - whole, fc.constantFrom('odd', 'half')],
  );
  const separatorLine = mix([2, fc.constant(false)], [1, fc.constant(true)]);
  return fc
    .tuple(file, delimiter, separatorLine, encoding)
    .map(([bytes, character, hasLine, name]) => {
      const swapped = character === null ? bytes : withDelimiter(bytes, character, hasLine);
      return encoded(swapped, name);
    });
}

/** Commas and another character change places. */
function withDelimiter(bytes: Uint8Array, character: string, hasLine: boolean): Uint8Array {
  const code = character.charCodeAt(0);
  const swapped = bytes.map((byte) => (byte === 0x2c ? code : byte === code ? 0x2c : byte));
  if (!hasLine && ';\t|'.includes(character)) return swapped;
  const hasMark = Buffer.from(bytes.subarray(0, 3)).toString('hex') === 'efbbbf';
  const line = Buffer.from(`sep=${character}\r\n`);
  const at = hasMark ? 3 : 0;
  return Buffer.concat([swapped.subarray(0, at), line, swapped.subarray(at)]);
}

function encoded(bytes: Uint8Array, name: string): Uint8Array {
  if (name === 'utf8') return bytes;
  const text = Buffer.from(bytes).toString();
  const units = Buffer.from(`\ufeff${text}${name === 'half' ? '\ud83d' : ''}`, 'utf16le');
  if (name === 'odd') return units.subarray(0, -1);
  return name === 'utf16be' ? units.swap16() : units;
}

/** Lines most of which are orders; the first one begins with a brace. */
const ndjsonFile = fc
  .tuple(
    orderEvent,
    fc.array(mix([9, anyEvent], [1, fc.constant(Buffer.of())]), { maxLength: 20 }),
    fc.constantFrom('\n', '\r\n'),
    mix([5, fc.constant('')], [1, fc.constantFrom('\ufeff', ' ', '\n\n', '\ufeff\r\n ')]),
  )
  .map(([first, lines, lineEnd, start]): Uint8Array => {
    const parts = [first, ...lines].flatMap((line) => [line, Buffer.from(lineEnd)]);
    return Buffer.concat([Buffer.from(start), ...parts]);
  });

/** The same values as JSON, one object a line. */
function objectsFile(values: fc.Arbitrary<Record<string, string>>): fc.Arbitrary<Uint8Array> {
  const line = mix(
    [9, values.map((row) => JSON.stringify(row))],
    [1, fc.constantFrom('', '{', '[]', '{"product_id":7,"customer_id":-1.50}', '{"brand":true}')],
  );
  return fc
    .array(line, { maxLength: 10 })
    .map((lines): Uint8Array => Buffer.from(['{"a":1}', ...lines].join('\n')));
}

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
  'orders/EXPORT.CSV',
  'orders/2026/part-00000',
  'orders/a.csv.bak',
  'orders/readme.txt.gz',
];

/** Not read, whatever they hold. */
const PASSED_OVER_KEYS = [
  'orders/_SUCCESS',
  'orders/_old/a.csv',
  'orders/.hidden.csv',
  'orders/2026/_a.csv.gz',
  'customers/_old/a.csv',
  'customers/.a.csv',
  'a.csv',
  'ordersx/a.csv',
  '_orders/orders/a.csv',
];

function filesUnder(
  keys: readonly string[],
  file: fc.Arbitrary<Uint8Array>,
  { fileCountMax, whole }: { fileCountMax: number; whole: number },
): fc.Arbitrary<[string, Uint8Array][]> {
  const plain = dressed(file, whole);
  const packed = compressed(plain, whole);
  // Of some the name does not say what they are.
  const stored = fc
    .tuple(fc.constantFrom(...keys), mix([9, fc.constant(false)], [1, fc.constant(true)]))
    .chain(([key, isMisnamed]) => {
      const isPacked = key.endsWith('.gz') !== isMisnamed;
      return fc.tuple(fc.constant(key), isPacked ? packed : plain);
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
    mix(
      [9, csvFile({ columns, values, rowCountMax: 10, headerDefects: 1, mutations: 1 })],
      [1, objectsFile(values)],
    );
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
      filesUnder(ORDER_KEYS, mix([9, orders], [1, ndjsonFile]), { fileCountMax, whole: 85 }),
      filesUnder(['customers/a.csv', 'customers/2026/B', 'customers/c.csv.gz'], customers, {
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
