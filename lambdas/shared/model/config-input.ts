import * as v from 'valibot';
import { flag, group, text, wholeNumber } from './config-values.ts';
import { DIMENSIONS } from './dimension.ts';
import { ORDER_FIELDS, STATUSES } from './order.ts';

/**
 * Mappings: files and events in another form than Tandem's own (contract §1.3). Words are those of
 * Data Package v2, where it has them.
 */

/** Longest text of a mapping: names of columns, defaults, patterns. */
const MAX_TEXT = 256;

function shortText(description: string, allowed = `a text of 1 to ${MAX_TEXT} characters`) {
  return v.pipe(
    v.string(),
    v.minLength(1),
    v.maxLength(MAX_TEXT),
    v.metadata({ description, allowed }),
  );
}

/** A list, or one text instead of a list of one; held as a list. */
function listOrOne(description: string, allowed: string) {
  const item = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_TEXT));
  return v.pipe(
    v.union([item, v.pipe(v.array(item), v.minLength(1), v.maxLength(32))]),
    v.metadata({ description, allowed }),
    v.transform((value): readonly string[] => (typeof value === 'string' ? [value] : value)),
  );
}

function asciiChar(description: string, allowed: string) {
  return text(/^[\t -~]$/, description, allowed);
}

const ONE_CHARACTER = 'one ASCII character';

const dialect = v.pipe(
  v.strictObject({
    delimiter: v.optional(
      v.nullable(
        text(
          /^[\t -!#-~]$/,
          'what separates the fields; null: as the header shows',
          `${ONE_CHARACTER}, not a quote`,
        ),
      ),
      null,
    ),
    quoteChar: v.optional(
      v.nullable(asciiChar('what quotes a field; null: nothing does', ONE_CHARACTER)),
      '"',
    ),
    doubleQuote: v.optional(flag('a doubled quote in a quoted field is one quote'), true),
    escapeChar: v.optional(
      v.nullable(
        asciiChar('the character after it is an ordinary one; null: there is none', ONE_CHARACTER),
      ),
      null,
    ),
    header: v.optional(flag('the first record names the columns'), true),
    columns: v.optional(
      v.nullable(
        v.pipe(
          v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_TEXT))),
          v.minLength(1),
          v.maxLength(10_000),
          v.metadata({
            description: 'names of the columns, where the file has no header',
            allowed: 'a list of 1 to 10,000 texts',
          }),
        ),
      ),
      null,
    ),
    skipRows: v.optional(wholeNumber(0, 1_000, 'lines above the header'), 0),
    commentChar: v.optional(
      v.nullable(asciiChar('lines that begin with it are passed over', ONE_CHARACTER)),
      null,
    ),
    skipInitialSpace: v.optional(flag('blanks after a delimiter are no part of a field'), false),
    padRows: v.optional(flag('a record with too few fields ends in missing ones'), false),
  }),
  group('Form of CSV.'),
);

/** How one field of an order is made of the columns of a file, or the keys of an event. */
const field = v.pipe(
  v.strictObject({
    from: v.optional(
      listOrOne(
        'the column, or several; in events a key or a JSON Pointer',
        'a text, or a list of 1 to 32 texts',
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
    format: v.optional(
      listOrOne(
        'strptime patterns of a time, tried in order; auto: the own form of Tandem',
        'a text, or a list of 1 to 32 texts',
      ),
      ['auto'],
    ),
    timeZone: v.optional(
      v.nullable(
        shortText('zone of times that name none', 'an IANA time zone, such as Europe/Berlin'),
      ),
      null,
    ),
    decimalChar: v.optional(
      text(/^[!-*,.-/:-~]$/, 'decimal character', `${ONE_CHARACTER}, no digit or sign`),
      '.',
    ),
    groupChar: v.optional(
      v.nullable(
        v.pipe(
          v.string(),
          v.regex(/^[ !-*,.-/:-~\u00a0\u202f\u2019]$/),
          v.metadata({
            description: 'character between groups of three digits',
            allowed: 'one character, such as . or a blank, no digit or sign',
          }),
        ),
      ),
      null,
    ),
    bareNumber: v.optional(
      flag('false: currency signs and codes, per cent signs and blanks around a number go'),
      true,
    ),
    values: v.optional(
      v.pipe(
        v.record(v.string(), v.picklist(STATUSES)),
        v.metadata({
          description: 'spellings of statuses in this source; they add to rules.statuses',
          allowed: `texts with one of ${STATUSES.join(', ')}`,
        }),
      ),
      {},
    ),
  }),
  group('Where a field of an order comes from.'),
);

/** Fields of orders, and of dimensions, each by its name. */
const FIELD_NAMES = [
  ...ORDER_FIELDS,
  ...DIMENSIONS.flatMap(({ columns }) => columns.map(({ name }) => name)),
];

const fields = v.pipe(
  v.strictObject(Object.fromEntries(FIELD_NAMES.map((name) => [name, v.optional(field)]))),
  group('Fields by name; one that is left out has the column of its own name.'),
);

const fillDown = v.pipe(
  v.strictObject({
    by: shortText('the column whose value says which records belong together'),
    fields: listOrOne(
      'columns whose missing values are those of the record before',
      'a text, or a list of 1 to 32 texts',
    ),
  }),
  group('Values that a file writes once for several records.'),
);

export const inputMapping = v.pipe(
  v.strictObject({
    match: shortText(
      'which files: * is within a folder, ** across; events: those of the stream',
      'events, or a pattern below the landing root, such as orders/shop/**',
    ),
    encoding: v.optional(
      v.nullable(shortText('encoding of the text', 'a label of the WHATWG encoding standard')),
      null,
    ),
    dialect: v.optional(dialect, {}),
    missingValues: v.optional(
      v.nullable(
        v.pipe(
          v.array(v.pipe(v.string(), v.maxLength(MAX_TEXT))),
          v.maxLength(100),
          v.metadata({
            description: 'values that mean nothing; replaces the list of Tandem',
            allowed: 'a list of up to 100 texts',
          }),
        ),
      ),
      null,
    ),
    fields: v.optional(fields, {}),
    fillDown: v.optional(v.nullable(fillDown), null),
  }),
  group('A mapping.'),
);

export const input = v.pipe(
  v.array(inputMapping),
  v.maxLength(100),
  v.metadata({
    description: 'Files and events in another form; the first entry that matches is taken.',
    allowed: 'a list of up to 100 mappings',
  }),
);

/** Parsed: every key is there. */
export type InputMapping = v.InferOutput<typeof inputMapping>;
export type Dialect = v.InferOutput<typeof dialect>;
export type FieldMapping = v.InferOutput<typeof field>;
