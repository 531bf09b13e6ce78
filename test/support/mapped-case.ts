import fc from 'fast-check';

/** Orders, and a form in which a file may hold them (contract §1.3). */

/** What an order says, whatever the form; null: nothing. */
export interface SaidOrder {
  /** `extra`: a record with a field, or an event with a brace, too many. */
  readonly kind: 'order' | 'extra';
  readonly idParts: readonly [string | null, string | null];
  readonly customer: string | null;
  readonly product: string | null;
  readonly time: SaidTime | 'bad' | null;
  readonly quantity: string | null;
  readonly price: string | null;
  readonly status: string | null;
  readonly currency: string | null;
  /** Of what the writer may choose. */
  readonly choice: number;
}

/** An instant in UTC, away from the days on which clocks change. */
export interface SaidTime {
  readonly month: 1 | 7;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

/** Times as a source writes them; `zones`: of what is written, in hours, winter and summer. */
export const ZONES = {
  UTC: [0, 0],
  'Europe/Berlin': [1, 2],
  'America/New_York': [-5, -4],
} as const;

export const TIME_FORMS = [
  'auto',
  '%d.%m.%Y %H:%M',
  '%m/%d/%Y %I:%M %p',
  '%d %b %Y %H:%M:%S',
  '%Y%m%dT%H%M%S%z',
] as const;

const ENCODINGS = [null, null, 'utf-16le', 'windows-1252', 'shift_jis'] as const;
/** Characters that the encoding has; some are a backslash to those who do not decode. */
const LETTERS = {
  'utf-8': 'éß€😀',
  'utf-16le': 'é€😀\u2c0a',
  'windows-1252': 'éß€’',
  shift_jis: '表ソス',
} as const;

const QUOTING = [
  { quoteChar: '"', doubleQuote: true, escapeChar: null },
  { quoteChar: '"', doubleQuote: true, escapeChar: '\\' },
  { quoteChar: '"', doubleQuote: false, escapeChar: '\\' },
  { quoteChar: "'", doubleQuote: true, escapeChar: null },
  { quoteChar: "'", doubleQuote: false, escapeChar: null },
  { quoteChar: null, doubleQuote: true, escapeChar: '\\' },
  { quoteChar: null, doubleQuote: true, escapeChar: null },
] as const;

const NUMBERS = [
  { decimalChar: '.', groupChar: null },
  { decimalChar: ',', groupChar: '.' },
  { decimalChar: ',', groupChar: ' ' },
  { decimalChar: '.', groupChar: "'" },
  { decimalChar: '.', groupChar: ',' },
] as const;

const anyForm = fc.record({
  isJson: fc.nat(3).map((n) => n === 0),
  encoding: fc.constantFrom(...ENCODINGS),
  hasMark: fc.boolean(),
  delimiter: fc.constantFrom(',', ';', '\t', '|', '~'),
  quoting: fc.constantFrom(...QUOTING),
  commentChar: fc.constantFrom(null, '#'),
  skipInitialSpace: fc.boolean(),
  padRows: fc.boolean(),
  skipRows: fc.constantFrom(0, 0, 1, 3),
  header: fc.boolean(),
  lineEnd: fc.constantFrom('\n', '\r\n'),
  missingValues: fc.constantFrom(null, ['', '-', 'n/a'], ['0.0', 'nichts']),
  time: fc.constantFrom(...TIME_FORMS),
  zone: fc.constantFrom(...(Object.keys(ZONES) as (keyof typeof ZONES)[])),
  number: fc.constantFrom(...NUMBERS),
  bareNumber: fc.boolean(),
  isPerLine: fc.boolean(),
  currency: fc.constantFrom(null, 'column', 'default'),
  isRenamed: fc.boolean(),
  joinsId: fc.boolean(),
  joinsTime: fc.boolean(),
  isShared: fc.nat(3).map((n) => n === 0),
  constants: fc.subarray(['customer', 'quantity', 'status'] as const, { maxLength: 1 }),
  defaults: fc.subarray(['customer', 'status'] as const),
  hasValues: fc.boolean(),
  fillsDown: fc.boolean(),
});

export type Form = typeof anyForm extends fc.Arbitrary<infer T> ? T : never;

/** Without quotes and escapes a number holds no delimiter, and no quote that cannot be doubled. */
const writableForm = anyForm.map((form): Form => {
  const { quoteChar, doubleQuote, escapeChar } = form.quoting;
  if (escapeChar !== null || form.isJson) return form;
  if (quoteChar === null) return { ...form, delimiter: '|' };
  return doubleQuote ? form : { ...form, number: NUMBERS[2] };
});

const rarelyNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 8 });

function orderIn({ encoding, isJson, quoting, delimiter, isPerLine }: Form) {
  const letters = [...LETTERS[isJson ? 'utf-8' : (encoding ?? 'utf-8')]];
  const pieces = ['a', 'b', ' ', '#', '\n#', '"', "'", '\\', ',', ';', '\t', '|', '~', ...letters];
  const { quoteChar, doubleQuote, escapeChar } = quoting;
  const unwritable = [
    ...(quoteChar === null && escapeChar === null ? ['\n', delimiter] : []),
    ...(quoteChar !== null && !doubleQuote && escapeChar === null ? [quoteChar] : []),
  ];
  const text = fc
    .array(fc.constantFrom(...pieces), { maxLength: 4 })
    .map((parts) => `x${parts.join('')}x`)
    .map((whole) =>
      isJson ? whole : unwritable.reduce((rest, bad) => rest.replaceAll(bad, '_'), whole),
    );
  const id = fc.oneof(fc.constantFrom('o1', 'o2', 'o3', 'o4'), text);
  return fc
    .record({
      kind: fc.nat(12).map((n) => (n === 0 ? 'extra' : 'order')),
      idParts: fc.tuple(rarelyNull(id), rarelyNull(fc.constantFrom('1', '2'))),
      customer: rarelyNull(fc.oneof(fc.constantFrom('c1', 'x'.repeat(129)), text)),
      product: rarelyNull(fc.oneof(fc.constantFrom('p1', 'p2'), text)),
      time: fc.oneof(
        { weight: 1, arbitrary: fc.constantFrom(null, 'bad' as const) },
        {
          weight: 10,
          arbitrary: fc.record({
            month: fc.constantFrom(1 as const, 7 as const),
            day: fc.integer({ min: 2, max: 20 }),
            hour: fc.integer({ min: 0, max: 23 }),
            minute: fc.integer({ min: 0, max: 59 }),
          }),
        },
      ),
      quantity: oneOfWeighted(
        ['1', '2', '3', '007', '1234', '100000'],
        [...[null, '0', '-1', '1.5', '100001', 'many']],
      ),
      price: oneOfWeighted(
        ['0.01', '1.5', '19.99', '1234.56', '0', '99999999.99'],
        [...[null, '-3.00', '1.234', '100000000', 'free']],
      ),
      status: oneOfWeighted(['completed', 'pending', 'Cancelled', 'In Progress'], [null, 'lost']),
      currency: oneOfWeighted(['EUR', 'eur'], [null, 'USD']),
      choice: fc.nat(),
    })
    .map((order) => order as SaidOrder)
    .map((order) => (isPerLine ? withPlainSizes(order) : order));
}

function oneOfWeighted(usual: readonly string[], rare: readonly (string | null)[]) {
  return fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...usual) },
    { weight: 1, arbitrary: fc.constantFrom(...rare) },
  );
}

/** Sizes of a line are looked at only where quantity and amount have no issue. */
function withPlainSizes(order: SaidOrder): SaidOrder {
  const isSized = /^0*[1-9]\d*$/.test(order.quantity ?? '') && order.quantity !== '100001';
  return !isSized && order.price === '100000000' ? { ...order, price: '1.00' } : order;
}

/** A form, and orders that can be written in it. */
export const formAndOrders: fc.Arbitrary<{ form: Form; orders: SaidOrder[] }> = writableForm.chain(
  (drawn) =>
    fc.record({
      form: fc.constant(drawn),
      orders: fc.array(orderIn(drawn), { minLength: 1, maxLength: 25 }),
    }),
);

/** What Tandem's own form says for each order, after defaults, constants and `fillDown`. */
export function ownValues(
  form: Form,
  orders: readonly SaidOrder[],
): Record<string, string | null>[] {
  let before: { key: string | null; customer: string | null; status: string | null } | null = null;
  const { constants, defaults, fillsDown } = form;
  const hasColumn = (field: 'customer' | 'status') => !constants.includes(field);
  return orders.map((order) => {
    if (order.kind === 'extra') return {};
    const [first, second] = order.idParts;
    const id = [first, second].filter((part) => part !== null).join('-') || null;
    const key = form.joinsId ? first : id;
    const isSame = fillsDown && before !== null && key !== null && before.key === key;
    const filled = (field: 'customer' | 'status') =>
      order[field] ?? (isSame && hasColumn(field) ? (before?.[field] ?? null) : null);
    const customer = filled('customer');
    const status = filled('status');
    before = { key, customer, status };
    const stood = (field: 'customer' | 'status', value: string | null, other: string) =>
      !hasColumn(field) || (value === null && defaults.includes(field)) ? other : value;
    return {
      order_id: id,
      customer_id: stood('customer', customer, 'guest'),
      product_id: form.isShared && hasColumn('customer') ? customer : order.product,
      order_timestamp: ownTime(order.time),
      quantity: constants.includes('quantity') ? '1' : order.quantity,
      price: order.price,
      status: stood('status', status, 'completed'),
      currency: order.currency ?? (form.currency === 'default' ? 'EUR' : null),
    };
  });
}

function ownTime(time: SaidOrder['time']): string | null {
  if (time === null) return null;
  if (time === 'bad') return 'some day';
  return `2026-${two(time.month)}-${two(time.day)}T${two(time.hour)}:${two(time.minute)}:00Z`;
}

/** `5` → `05` */
export function two(value: number): string {
  return String(value).padStart(2, '0');
}
