import * as v from 'valibot';
import { isPossibleSpelling } from './config-rules.ts';
import { flag, group, oneOf, text } from './config-values.ts';
import { DIMENSIONS } from './dimension.ts';
import { type OrderField, STATUSES } from './order.ts';
import { AUTO, checkTimePattern, DIRECTIVES_SHOWN } from './time-pattern.ts';
import { isTimeZone } from './time-zone.ts';

/** Longest text of a mapping: names of columns, defaults, patterns. */
export const MAX_TEXT = 256;

const MAX_SPELLING_BYTES = 64;
const MAX_SPELLINGS = 1_000;

/** A text of 1 to `MAX_TEXT` characters that passes `check`; errors quote `allowed`. */
export function shortText(
  description: string,
  allowed = `a text of 1 to ${MAX_TEXT} characters`,
  check: (text: string) => boolean = () => true,
) {
  return v.pipe(
    v.string(),
    v.minLength(1),
    v.maxLength(MAX_TEXT),
    v.check(check),
    v.metadata({ description, allowed }),
  );
}

/** A list of up to `max` texts, or one text instead of a list of one; held as a list. */
export function listOrOne(
  description: string,
  allowed: string,
  { check = () => true, max = 32 }: { check?: (text: string) => boolean; max?: number } = {},
) {
  const item = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_TEXT), v.check(check));
  return v.pipe(
    v.union([item, v.pipe(v.array(item), v.minLength(1), v.maxLength(max))]),
    v.metadata({ description, allowed }),
    v.transform((value): readonly string[] => (typeof value === 'string' ? [value] : value)),
  );
}

/** RFC 6901; a text that does not begin with `/` is a name. */
const isNameOrPointer = (text: string) =>
  !text.startsWith('/') || /^(?:\/(?:[^~/]|~[01])*)+$/.test(text);

const POINTER = 'one with / in front is a JSON Pointer, with ~1 for / and ~0 for ~';

const anyField = {
  from: v.optional(
    listOrOne(
      'the column, or several; in events a key or a JSON Pointer; without it and without default: ' +
        'the column of the name of the field',
      `a text, or a list of 1 to 32 texts; ${POINTER}`,
      { check: isNameOrPointer },
    ),
  ),
  join: v.optional(
    v.pipe(
      v.string(),
      v.maxLength(16),
      v.metadata({
        description: 'what joins several values',
        allowed: 'a text of up to 16 characters',
      }),
    ),
    ' ',
  ),
  default: v.optional(
    v.nullable(shortText('stands in for a missing value; without from: a constant')),
    null,
  ),
};

const timeOptions = {
  format: v.optional(
    listOrOne(
      'patterns of a time, tried in order; auto: the own form of Tandem',
      'auto, or a strptime pattern with year, month and day, or a list of 1 to 32 of them; of ' +
        `directives ${DIRECTIVES_SHOWN}`,
      { check: (pattern) => checkTimePattern(pattern) === null },
    ),
    [AUTO],
  ),
  timeZone: v.optional(
    v.nullable(
      shortText(
        'zone of times that name none; null: UTC',
        'an IANA time zone, such as Europe/Berlin',
        isTimeZone,
      ),
    ),
    null,
  ),
};

const numberOptions = {
  decimalChar: v.optional(
    text(/^[!-*,.-/:-~]$/, 'decimal character', 'one ASCII character, no digit or sign'),
    '.',
  ),
  groupChar: v.optional(
    v.nullable(
      v.pipe(
        v.string(),
        v.regex(/^[ !-*,.-/:-~\u00a0\u202f\u2019]$/),
        v.metadata({
          description: 'character between groups of three digits',
          allowed:
            'one ASCII character, no digit or sign, or a no-break space or typographic apostrophe',
        }),
      ),
    ),
    null,
  ),
  bareNumber: v.optional(
    flag('false: currency signs and codes, per cent signs and blanks around a number go'),
    true,
  ),
};

const priceOptions = {
  ...numberOptions,
  per: v.optional(
    oneOf(
      ['piece', 'line'],
      'what the price is of; line: it is total_amount, and price is it divided by the quantity',
    ),
    'piece',
  ),
};

const currencyOptions = {
  expect: v.optional(
    v.nullable(
      shortText(
        'the one currency that is added up; a record in another one is quarantined',
        'a code such as EUR',
      ),
    ),
    null,
  ),
};

const isSpelling = (spelling: string) =>
  isPossibleSpelling(spelling) && new TextEncoder().encode(spelling).length <= MAX_SPELLING_BYTES;

const statusOptions = {
  values: v.optional(
    v.pipe(
      v.record(v.pipe(v.string(), v.check(isSpelling)), v.picklist(STATUSES)),
      v.check((spellings) => Object.keys(spellings).length <= MAX_SPELLINGS),
      v.metadata({
        description: 'spellings of statuses in this source; they add to rules.statuses',
        allowed:
          'up to 1,000 spellings (lower-case, trimmed, not empty, not null, up to 64 bytes) with ' +
          `one of ${STATUSES.join(', ')}`,
      }),
    ),
    {},
  ),
};

const wholeField = v.strictObject({
  ...anyField,
  ...timeOptions,
  ...priceOptions,
  ...statusOptions,
  ...currencyOptions,
});

/** Parsed: every option is there, those that the field cannot have at their default. */
export type FieldMapping = v.InferOutput<typeof wholeField>;

/** A field that is the column of its own name, in Tandem's own form. */
export const DEFAULT_FIELD: FieldMapping = v.parse(wholeField, {});

/** How one field is made of the columns of a file, or the keys of an event. */
function field<Options extends v.ObjectEntries>(options: Options) {
  return v.optional(
    v.pipe(
      v.strictObject({ ...anyField, ...options }),
      group('Where a field of an order comes from.'),
      v.transform((given): FieldMapping => ({ ...DEFAULT_FIELD, ...given })),
    ),
  );
}

const dimensionField = v.optional(
  v.pipe(
    v.strictObject({
      from: v.optional(listOrOne('the column', 'a text', { check: isNameOrPointer, max: 1 })),
    }),
    group('Where a field of customers or products comes from.'),
    v.transform((given): FieldMapping => ({ ...DEFAULT_FIELD, ...given })),
  ),
);

const orderFields = {
  order_id: field({}),
  customer_id: field({}),
  product_id: field({}),
  order_timestamp: field(timeOptions),
  quantity: field(numberOptions),
  price: field(priceOptions),
  status: field(statusOptions),
} satisfies Record<OrderField, unknown>;

const DIMENSION_FIELDS = DIMENSIONS.flatMap(({ columns }) => columns.map(({ name }) => name));

/** Fields of orders and of dimensions, each by its name. */
export const fields = v.pipe(
  v.strictObject({
    ...orderFields,
    currency: field(currencyOptions),
    ...Object.fromEntries(DIMENSION_FIELDS.map((name) => [name, dimensionField])),
  }),
  group('Fields by name; one that is left out has the column of its own name.'),
  v.transform((given): FieldMappings => given),
);

/** By the name of the field. */
export type FieldMappings = { readonly [name: string]: FieldMapping | undefined };
