/**
 * What stored JSON has to look like before it is used: an object in a lake may be cut, edited or of
 * another program. Keys that a shape does not name are passed over, as newer versions add some.
 */

/** A value that does not fit. */
export interface Misfit {
  /** From the outside in: names of keys, and `[0]` for a list item. */
  readonly path: readonly string[];
  readonly value: unknown;
  readonly expected: string;
}

/** What does not fit first; null: everything fits. */
export type Shape = (value: unknown) => Misfit | null;

const LONGEST_SHOWN = 60;

/**
 * Says what does not fit, such as `tables.orders.files[0].key is "../x", not a key below the lake`;
 * null if the value fits.
 */
export function problemOf(shape: Shape, value: unknown): string | null {
  const misfit = shape(value);
  if (misfit === null) return null;
  const path = misfit.path.join('.').replaceAll('.[', '[');
  const text = misfit.value === undefined ? 'missing' : JSON.stringify(misfit.value);
  const shown = text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
  return `${path === '' ? 'it' : path} is ${shown}, not ${misfit.expected}`;
}

function misfitOf(value: unknown, expected: string): Misfit {
  return { path: [], value, expected };
}

function shapeOf(expected: string, isFitting: (value: unknown) => boolean): Shape {
  return (value) => (isFitting(value) ? null : misfitOf(value, expected));
}

export const TEXT = shapeOf('a text', (value) => typeof value === 'string');

export const FLAG = shapeOf('true or false', (value) => typeof value === 'boolean');

/** A whole number of 0 or more. */
export const COUNT = shapeOf(
  'a whole number of 0 or more',
  (value) => Number.isSafeInteger(value) && (value as number) >= 0,
);

export const WHOLE_NUMBER = shapeOf('a whole number', (value) => Number.isSafeInteger(value));

/** ISO 8601 in UTC: without a zone, `Date` would read it in the zone of the machine. */
export const INSTANT = textThat(
  (text) => /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) && !Number.isNaN(Date.parse(text)),
  'an instant such as 2026-01-31T12:00:00.000Z',
);

/** `"-123.45"` */
export const AMOUNT = textThat((text) => /^-?\d+\.\d\d$/.test(text), 'an amount with two decimals');

/** `"-12345"` */
export const CENTS = textThat((text) => /^-?\d+$/.test(text), 'whole cents as text');

/** Relative, and nowhere above: what has it never leads out of the lake. */
export const LAKE_KEY = textThat(isLakeKey, 'a key below the lake');

/** Key of a table file, of any consumer. */
export const TABLE_FILE_KEY = textThat(
  (key) => isLakeKey(key) && /^(?:consumers\/[^/]+\/)?tables\//.test(key),
  'a key below tables/',
);

/** Text that passes `isFitting`; problems quote `expected`. */
export function textThat(isFitting: (text: string) => boolean, expected: string): Shape {
  return shapeOf(expected, (value) => typeof value === 'string' && isFitting(value));
}

/** Exactly this value. */
export function exactly(expected: string | number): Shape {
  return shapeOf(JSON.stringify(expected), (value) => value === expected);
}

/** One of these texts. */
export function oneOf(values: readonly string[]): Shape {
  return textThat((text) => values.includes(text), `one of ${values.join(', ')}`);
}

/** Null, or what `shape` accepts. */
export function nullable(shape: Shape): Shape {
  return (value) => (value === null ? null : shape(value));
}

/** Undefined or a missing key, or what `shape` accepts. Null does not fit. */
export function optional(shape: Shape): Shape {
  return (value) => (value === undefined ? null : shape(value));
}

/** A list of any length whose items all fit; the first misfit is reported. */
export function listOf(shape: Shape): Shape {
  return (value) => {
    if (!Array.isArray(value)) return misfitOf(value, 'a list');
    for (let index = 0; index < value.length; index++) {
      const misfit = shape(value[index]);
      if (misfit !== null) return below(`[${index}]`, misfit);
    }
    return null;
  };
}

/** A list with exactly one value per shape, in order. */
export function tuple(...shapes: readonly Shape[]): Shape {
  return (value) => {
    if (!Array.isArray(value) || value.length !== shapes.length) {
      return misfitOf(value, `a list of ${shapes.length} values`);
    }
    for (let index = 0; index < shapes.length; index++) {
      const misfit = shapes[index](value[index]);
      if (misfit !== null) return below(`[${index}]`, misfit);
    }
    return null;
  };
}

/** An object with any keys whose values all fit one shape. */
export function recordOf(shape: Shape): Shape {
  return (value) => {
    if (!isObject(value)) return misfitOf(value, 'an object');
    for (const [name, item] of Object.entries(value)) {
      const misfit = shape(item);
      if (misfit !== null) return below(name, misfit);
    }
    return null;
  };
}

/**
 * An object that has every named key with a fitting value. Other keys are allowed, so that later
 * versions may add some.
 */
export function objectWith(shapes: Readonly<Record<string, Shape>>): Shape {
  const entries = Object.entries(shapes);
  return (value) => {
    if (!isObject(value)) return misfitOf(value, 'an object');
    for (const [name, shape] of entries) {
      const misfit = shape(value[name]);
      if (misfit !== null) return below(name, misfit);
    }
    return null;
  };
}

/** An object with at least one of these keys; each key present must fit. */
export function objectWithSome(shapes: Readonly<Record<string, Shape>>): Shape {
  const [first] = Object.keys(shapes);
  return (value) => {
    const has = Object.keys(shapes).filter((name) => isObject(value) && value[name] !== undefined);
    const wanted = has.length === 0 ? [first] : has;
    return objectWith(Object.fromEntries(wanted.map((name) => [name, shapes[name]])))(value);
  };
}

/** A value that fits every shape; the first misfit is reported. */
export function allOf(...shapes: readonly Shape[]): Shape {
  return (value) => {
    for (const shape of shapes) {
      const misfit = shape(value);
      if (misfit !== null) return misfit;
    }
    return null;
  };
}

function below(name: string, misfit: Misfit): Misfit {
  return { ...misfit, path: [name, ...misfit.path] };
}

/**
 * Keys that Tandem makes are printable ASCII; with anything else in them they would act on the
 * terminals and in the programs that they are printed for.
 */
function isLakeKey(key: string): boolean {
  const isWritable = /^[\x20-\x7e]+$/.test(key) && !key.includes('.tandem-');
  return isWritable && key.split('/').every((segment) => !['', '.', '..'].includes(segment));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
