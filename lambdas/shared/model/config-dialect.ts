import * as v from 'valibot';
import { MAX_TEXT } from './config-fields.ts';
import { flag, group, text, wholeNumber } from './config-values.ts';

const ONE_CHARACTER = 'one ASCII character';

function asciiChar(description: string) {
  return v.optional(v.nullable(text(/^[\t -~]$/, description, ONE_CHARACTER)), null);
}

const columns = v.pipe(
  v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_TEXT))),
  v.minLength(1),
  v.maxLength(10_000),
  v.metadata({
    description:
      'names of the columns, where the file has no header; null: those of Tandem, in its order',
    allowed: 'a list of 1 to 10,000 texts',
  }),
);

/** How a file of CSV is written. */
export const dialect = v.pipe(
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
      v.nullable(text(/^[\t -~]$/, 'what quotes a field; null: nothing does', ONE_CHARACTER)),
      '"',
    ),
    doubleQuote: v.optional(flag('a doubled quote in a quoted field is one quote'), true),
    escapeChar: asciiChar('the character after it is an ordinary one; null: there is none'),
    header: v.optional(flag('the first record names the columns'), true),
    columns: v.optional(v.nullable(columns), null),
    skipRows: v.optional(wholeNumber(0, 1_000, 'lines above the header'), 0),
    commentChar: asciiChar('lines that begin with it are passed over; null: none are'),
    skipInitialSpace: v.optional(flag('blanks after a delimiter are no part of a field'), false),
    padRows: v.optional(flag('a record with too few fields ends in missing ones'), false),
  }),
  group('Form of CSV.'),
);

export type Dialect = v.InferOutput<typeof dialect>;

export const DEFAULT_DIALECT: Dialect = v.parse(dialect, {});
