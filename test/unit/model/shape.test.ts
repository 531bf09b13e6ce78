import { describe, expect, it } from 'vitest';
import {
  AMOUNT,
  CENTS,
  COUNT,
  exactly,
  FLAG,
  INSTANT,
  LAKE_KEY,
  listOf,
  nullable,
  objectWith,
  oneOf,
  optional,
  problemOf,
  recordOf,
  type Shape,
  TABLE_FILE_KEY,
  TEXT,
  textThat,
  tuple,
  WHOLE_NUMBER,
} from '../../../lambdas/shared/model/shape.ts';

/** Each kind of JSON value, and what only programs have. */
const OTHERS = [undefined, null, true, false, 0, 1, -1, 1.5, '', 'x', '1', [], ['1'], {}];

const fitting = (shape: Shape, values: readonly unknown[]) =>
  values.filter((value) => problemOf(shape, value) === null);

describe('a shape of one value', () => {
  it.each([
    ['a text', TEXT, ['', 'x', '1']],
    ['a flag', FLAG, [true, false]],
    ['a count', COUNT, [0, 1]],
    ['a whole number', WHOLE_NUMBER, [0, 1, -1]],
    ['an instant', INSTANT, []],
    ['an amount', AMOUNT, []],
    ['cents', CENTS, ['1']],
    ['a key', LAKE_KEY, ['x', '1']],
    ['a key of a file', TABLE_FILE_KEY, []],
    ['a text that is short', textThat((text) => text.length === 1, 'short'), ['x', '1']],
    ['one text', exactly('x'), ['x']],
    ['one number', exactly(1), [1]],
    ['one of some texts', oneOf(['x', 'y']), ['x']],
    ['a text or null', nullable(TEXT), [null, '', 'x', '1']],
    ['a text or nothing', optional(TEXT), [undefined, '', 'x', '1']],
    ['a list of texts', listOf(TEXT), [[], ['1']]],
    ['a pair', tuple(TEXT, TEXT), []],
    ['one text in a list', tuple(TEXT), [['1']]],
    ['an object of texts', recordOf(TEXT), [{}]],
    ['an object', objectWith({}), [{}]],
  ])('fits %s only', (_name, shape, values) => {
    expect(fitting(shape, OTHERS)).toEqual(values);
  });

  it('takes numbers as far as they are exact', () => {
    const numbers = [2 ** 53 - 1, 2 ** 53, 1 - 2 ** 53, -(2 ** 53), Number.NaN];

    expect(fitting(COUNT, numbers)).toEqual([2 ** 53 - 1]);
    expect(fitting(WHOLE_NUMBER, numbers)).toEqual([2 ** 53 - 1, 1 - 2 ** 53]);
  });

  it.each([
    ['amounts', AMOUNT, ['0.00', '-0.01', '123.45']],
    ['cents', CENTS, ['0', '-1', '12345']],
    ['instants', INSTANT, ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000Z']],
  ])('takes the whole text of %s', (_name, shape, values) => {
    const odd = ['.00', '1.5', '1.234', '1x00', '+1.00', '--1.00', 'a1.00', '1.00b', '1,00'];
    const oddCents = ['-', '--1', '+1', ' 1', '1 ', '1e3', 'x1', '1x'];
    const oddInstants = [
      ...['2026-13-01T00:00:00Z', 'Jan 1 2026', '026-01-01T00:00:00Z', '+002026-01-01T00:00:00Z'],
      // In the zone of the machine.
      ...['2026-01-31', '2026-01-31T12:00:00', '2026-'],
    ];
    const all = [...values, ...odd, ...oddCents, ...oddInstants];

    expect(fitting(shape, all)).toEqual(values);
  });
});

describe('a key below the lake', () => {
  it('has printable ASCII segments that lead nowhere else', () => {
    const keys = ['a', 'a/b.json', '.a/..b/c...', 'a b/~', 'tandem-1/.tandem'];
    const others = [
      ...['/a', 'a/', 'a//b', '.', '..', './a', 'a/.', 'a/./b', '../a', 'a/..', 'a/../b'],
      ...['a\u001fb', '\u001f', 'a\u007f', '\u007fa', 'é', 'a\n', '.tandem-1', 'a/b.tandem-2/c'],
    ];

    expect(fitting(LAKE_KEY, [...keys, ...others])).toEqual(keys);
  });

  it('is of a table where it begins with tables/, after a consumer at most', () => {
    const keys = ['tables/orders/x', 'consumers/copy/tables/x'];
    const others = [
      ...['manifests/x', 'x/tables/y', 'tables', 'consumers/tables/x', 'consumers/a/b/tables/x'],
      ...['xconsumers/a/tables/x', 'consumers//tables/x', 'tables/../x', 'consumers/../tables/x'],
    ];

    expect(fitting(TABLE_FILE_KEY, [...keys, ...others])).toEqual(keys);
  });
});

describe('a misfit', () => {
  const manifest = objectWith({
    kind: exactly('batch'),
    files: listOf(objectWith({ key: LAKE_KEY, place: optional(tuple(TEXT, COUNT)) })),
    counts: recordOf(nullable(COUNT)),
  });
  const whole = { kind: 'batch', files: [{ key: 'a' }], counts: { read: 1, active: null } };

  it('is nowhere in a value that fits, whatever else it has', () => {
    expect(problemOf(manifest, { ...whole, added: 1 })).toBe(null);
  });

  it.each([
    [null, 'it is null, not an object'],
    [undefined, 'it is missing, not an object'],
    [[], 'it is [], not an object'],
    [{}, 'kind is missing, not "batch"'],
    [{ ...whole, kind: 'x' }, 'kind is "x", not "batch"'],
    [{ ...whole, files: {} }, 'files is {}, not a list'],
    [{ ...whole, files: [[]] }, 'files[0] is [], not an object'],
    [
      { ...whole, files: [{ key: 'a' }, { key: '../a' }, { key: '/' }] },
      'files[1].key is "../a", not a key below the lake',
    ],
    [
      { ...whole, files: [{ key: 'a', place: ['b'] }] },
      'files[0].place is ["b"], not a list of 2 values',
    ],
    [
      { ...whole, files: [{ key: 'a', place: 'no' }] },
      'files[0].place is "no", not a list of 2 values',
    ],
    [
      { ...whole, files: [{ key: 'a', place: ['b', -1] }] },
      'files[0].place[1] is -1, not a whole number of 0 or more',
    ],
    [{ ...whole, counts: [] }, 'counts is [], not an object'],
    [
      { ...whole, counts: { read: 1, late: 'many' } },
      'counts.late is "many", not a whole number of 0 or more',
    ],
  ])('of %j is named with its place', (value, problem) => {
    expect(problemOf(manifest, value)).toBe(problem);
  });

  it('says all spellings that fit', () => {
    expect(problemOf(oneOf(['x', 'y']), 'y')).toBe(null);
    expect(problemOf(oneOf(['x', 'y']), 'z')).toBe('it is "z", not one of x, y');
  });

  it('shows 60 characters of a value at most', () => {
    expect(problemOf(COUNT, 'x'.repeat(58))).toBe(
      `it is "${'x'.repeat(58)}", not a whole number of 0 or more`,
    );
    expect(problemOf(COUNT, 'x'.repeat(59))).toBe(
      `it is "${'x'.repeat(59)}…, not a whole number of 0 or more`,
    );
  });
});
