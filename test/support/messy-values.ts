import fc from 'fast-check';

/**
 * Values of orders and dimensions as text, before CSV: mostly valid, at every edge of contract §2,
 * and beyond.
 */

/** An arbitrary of several, each with its share. */
export function mix<T>(...parts: readonly (readonly [weight: number, fc.Arbitrary<T>])[]) {
  return fc.oneof(...parts.map(([weight, arbitrary]) => ({ weight, arbitrary })));
}

const oneOf = fc.constantFrom<string[]>;

export const missing = oneOf('', '', 'null', 'NULL', 'NaN', 'None', '\\N', '  ', '\t');

/** Close to the spellings of a missing value, and none. */
const almostMissing = oneOf('nan', 'none', 'Null', 'NONE', 'N/A', '\\n', 'NaN.', 'nul', "''");

const blank = oneOf(' ', '  ', '\t', '\r', '\n', '\v', '\f', '\r\n');

/** The value with what is trimmed around it, or with what only looks like it. */
function withBlanks(value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return mix(
    [60, value],
    [2, fc.tuple(blank, value).map(([before, text]) => before + text)],
    [2, fc.tuple(value, blank).map(([text, after]) => text + after)],
    [1, fc.tuple(blank, value, blank).map((parts) => parts.join(''))],
    [1, fc.tuple(oneOf('\u00a0', '\u2003', '\ufeff', '\0'), value).map((parts) => parts.join(''))],
  );
}

/** 128 and 129 bytes, as ASCII and not. */
const longId = oneOf('x'.repeat(128), 'x'.repeat(129), 'ß'.repeat(64), `${'ß'.repeat(64)}x`);

const oddId = oneOf(
  'a,b',
  'say "hi"',
  '"',
  'line\nend',
  'cr\rlf\r\n.',
  'é',
  'e\u0301',
  '日本',
  '😀',
  '0',
);

/** The first three of them are as frequent as all the others. */
function id(letter: string, count: number): fc.Arbitrary<string> {
  const number = fc.integer({ min: 1, max: count });
  const usual = mix([1, number], [1, fc.constantFrom(1, 2, 3)]).map((any) => `${letter}${any}`);
  return withBlanks(mix([120, usual], [4, oddId], [2, missing], [1, almostMissing], [1, longId]));
}

const usualOrderId = fc.integer({ min: 1, max: 60 }).map((number) => `o${number}`);

/** Few enough that many records share one. */
export const orderId = mix([4, usualOrderId], [1, id('o', 60)]);
export const customerId = id('c', 6);
export const productId = id('p', 13);

const pad = (value: number, digits = 2) => String(value).padStart(digits, '0');

/** Seconds of the day within three windows, so that their cells hold several orders. */
const busyTime = mix(
  [1, fc.integer({ min: 36_000, max: 37_799 })],
  [1, fc.integer({ min: 36_595, max: 36_604 })],
);

const usualTimestamp = fc
  .record({
    day: mix([3, fc.constant(5)], [1, fc.integer({ min: 4, max: 6 })]),
    seconds: mix([1, fc.integer({ min: 0, max: 86_399 })], [3, busyTime]),
    separator: oneOf(' ', 'T'),
    fraction: oneOf('', '', '', '.5', '.25', '.999', '.1239', '.999999999', '.000000001'),
    zone: mix(
      [4, oneOf('', '', 'Z')],
      [1, oneOf('+00:00', '-00:00', '+05:30', '-08:00', '+14:00', '-14:00')],
      [1, oneOf('UTC', ' UTC', ' Z', '+00', '-0500', ' -05', ' +0530', ' +01:00', '+1400')],
    ),
    hasSeconds: mix([9, fc.constant(true)], [1, fc.constant(false)]),
  })
  .map(({ day, seconds, separator, fraction, zone, hasSeconds }) => {
    const time = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map((part) => pad(part | 0));
    const ofDay = hasSeconds ? `${time.join(':')}${fraction}` : `${time[0]}:${time[1]}`;
    return `2026-01-${pad(day)}${separator}${ofDay}${zone}`;
  });

const edgeTimestamp = oneOf(
  '1970-01-01T00:00:00Z',
  '1969-12-31T23:30:00-00:30',
  '1969-12-31 23:59:59.999',
  '1970-01-01T00:29:59+00:30',
  '2199-12-31T23:59:59.999999999Z',
  '2200-01-01T00:00:00Z',
  '2200-01-01T13:59:59+14:00',
  '2199-12-31T23:59:59-00:01',
  '2024-02-29 12:00:00',
  '2000-02-29T00:00:00',
  '2026-01-04T10:10:00.000',
  '2026-01-04T10:09:59.999',
);

const wrongTimestamp = oneOf(
  '2026-02-29 12:00:00',
  '2100-02-29T00:00:00Z',
  '2026-04-31 00:00:00',
  '2026-13-01 00:00:00',
  '2026-00-10 00:00:00',
  '2026-01-00 00:00:00',
  '2026-01-01 24:00:00',
  '2026-01-01 23:60:00',
  '2016-12-31T23:59:60Z',
  '0070-01-01 00:00:00',
  '2026-01-01',
  '2026-01-01 10',
  '2026-01-01 10:00.5',
  '2026-01-01 10:00:0',
  '2026-01-01  10:00:00',
  '2026-01-01t10:00:00',
  '2026-01-01T10:00:00z',
  '2026-01-01T10:00:00  Z',
  '2026-01-01T10:00:00 utc',
  '2026-01-01T10:00:00.',
  '2026-01-01T10:00:00,5',
  '2026-01-01T10:00:00.1234567890',
  '2026-01-01T10:00:00+010',
  '2026-01-01T10:00:00+1401',
  '2026-01-01T10:00:00+15',
  '2026-01-01T10:00:00+14:01',
  '2026-01-01T10:00:00-13:60',
  '2026-01-01T10:00:00+1:00',
  '2026-1-1 10:00:00',
  '+2026-01-01T10:00:00Z',
  '01/02/2026 10:00:00',
  '1767225600000',
  '２026-01-01 10:00:00',
  'yesterday',
);

export const orderTimestamp = withBlanks(
  mix([100, usualTimestamp], [2, edgeTimestamp], [2, wrongTimestamp], [1, missing]),
);

const usualQuantity = fc.integer({ min: 1, max: 12 }).map(String);
const edgeQuantity = oneOf('+3', '007', '3.', '3.000', '99999', '100000', '100000.0', '0000100000');
const wrongQuantity = oneOf(
  ...['0', '-0', '-5', '-0.0', '100001', '9'.repeat(30), `-${'9'.repeat(30)}`, '0.', '+0'],
  ...[
    '2.5',
    '3.01',
    '1e3',
    '.5',
    '.',
    '+',
    '-',
    '--1',
    '1 0',
    '1,000',
    '0x10',
    '٣',
    'two',
    'Infinity',
  ],
);

export const quantity = withBlanks(
  mix([80, usualQuantity], [3, edgeQuantity], [3, wrongQuantity], [1, missing]),
);

/** The first two make products whose revenue is equal. */
const usualPrice = mix(
  [2, oneOf('10.00', '2.50')],
  [
    3,
    fc
      .integer({ min: 0, max: 50_000 })
      .map((cents) => `${Math.floor(cents / 100)}.${pad(cents % 100)}`),
  ],
);
const edgePrice = oneOf(
  ...['0', '-0', '-0.00', '+0.', '5', '5.', '.5', '+1.1', '1.000', '0012.50', '99999999.99'],
  ...['99999999.9900', '10000.00', '10000.01', '-.0', '00000000000000000001.10'],
);
const wrongPrice = oneOf(
  ...['-1', '-.5', '-0.001', '1.005', '0.001', '-100000000.005', '100000000', '99999999.991'],
  ...['100000000.00', '9'.repeat(40), `0.${'0'.repeat(40)}1`, '12345678901.999', '-99999999999'],
  ...['1,50', '1e2', '.', '-', '+', '-.', '1.2.3', '$5', '5 EUR', '- 1', '1_0', '½', '0x1', 'free'],
);

export const price = withBlanks(
  mix([80, usualPrice], [3, edgePrice], [3, wrongPrice], [1, missing]),
);

const usualStatus = oneOf(
  ...['completed', 'COMPLETED', 'Complete', 'done', 'pending', 'Pending', 'processing'],
  ...['in_progress', 'In Progress', 'cancelled', 'Canceled', 'CANCEL'],
);
const wrongStatus = oneOf(
  'shipped',
  'in  progress',
  'ＤＯＮＥ',
  'complété',
  'canceİ',
  '__proto__',
  'toString',
);

export const status = withBlanks(
  mix([100, usualStatus], [2, wrongStatus], [1, missing], [1, almostMissing]),
);

/** What no rule looks at: further columns, names, addresses. */
export const freeText = withBlanks(
  mix([20, oneOf('x', 'Ada', 'a@b.example', '42', 'Größe', 'n. n.')], [3, oddId], [3, missing]),
);

export const registrationDate = withBlanks(
  mix(
    [20, oneOf('2020-02-29', '1999-12-31', '2026-01-01', '1899-12-31', '0001-01-01', '9999-12-31')],
    [3, oneOf('2021-02-29', '2020-2-9', '2020-01-01T00:00:00Z', '31.12.1999', '2020-13-01', 'x')],
    [2, missing],
  ),
);

/** Quantity and price whose product is at the border of `total_too_large`. */
export const edgeTotal = fc.constantFrom(
  ['100000', '10000.00'],
  ['100000', '10000.01'],
  ['11', '99999999.99'],
  ['10', '99999999.99'],
  ['+100000.', '99999999.99'],
);
