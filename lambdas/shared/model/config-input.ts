import * as v from 'valibot';
import { MAX_FURTHER_COLUMNS } from './column-places.ts';
import { dialect } from './config-dialect.ts';
import { fields, listOrOne, MAX_TEXT, shortText } from './config-fields.ts';
import { group } from './config-values.ts';
import { isKeyPattern } from './key-pattern.ts';
import { mappingProblems, repeatedMatches } from './mapping-problems.ts';
import { PRESETS } from './presets.ts';

/**
 * Mappings: files and events in another form than Tandem's own (contract §1.3). Words are those of
 * Data Package v2, where it has them.
 */

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

/** As the runtime's own decoder knows them. */
function isEncoding(label: string): boolean {
  try {
    return new TextDecoder(label) !== null;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Values are compared trimmed, so that another could never be found. */
const isTrimmed = (value: string) => !/^[ \t\r\n\v\f]|[ \t\r\n\v\f]$/.test(value);

const missingValues = v.pipe(
  v.array(v.pipe(v.string(), v.maxLength(MAX_TEXT), v.check(isTrimmed))),
  v.maxLength(100),
  v.metadata({
    description: 'values that mean nothing; replaces the list of Tandem',
    allowed: 'a list of up to 100 texts, trimmed',
  }),
);

const PRESET_NAMES = Object.keys(PRESETS).sort();

const inputMapping = v.pipe(
  v.strictObject({
    match: shortText(
      'which files: * is within a folder, ** across; events: those of the stream',
      'events, or a pattern below the landing root that begins with orders/, customers/, ' +
        'products/ or *, such as orders/shop/**',
      (pattern) => pattern === 'events' || isKeyPattern(pattern),
    ),
    preset: v.optional(
      v.nullable(
        v.pipe(
          v.picklist(PRESET_NAMES),
          v.metadata({
            description: 'a mapping that Tandem ships; keys beside it replace its own',
            allowed: ['the name of a preset', ...PRESET_NAMES].join(', '),
          }),
        ),
      ),
      null,
    ),
    encoding: v.optional(
      v.nullable(
        shortText(
          'encoding of the text; null: UTF-8; a byte order mark wins',
          'a label of the WHATWG encoding standard, such as windows-1252',
          isEncoding,
        ),
      ),
      null,
    ),
    dialect: v.optional(dialect, {}),
    missingValues: v.optional(v.nullable(missingValues), null),
    fields: v.optional(fields, {}),
    fillDown: v.optional(v.nullable(fillDown), null),
  }),
  group('A mapping.'),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    for (const { path, allowed } of mappingProblems(dataset.value)) {
      addIssue({ message: allowed, path: pathItems(dataset.value, path) });
    }
  }),
  // What it stands for has been filled in; equal mappings are equal, however they are written.
  v.transform(({ preset, ...mapping }) => mapping),
);

export const input = v.pipe(
  v.array(inputMapping),
  v.maxLength(100),
  v.metadata({
    description:
      'Files and events in another form; the first entry that matches is taken. An entry reads up ' +
      `to ${MAX_FURTHER_COLUMNS} columns beyond one for each field.`,
    allowed: 'a list of up to 100 mappings',
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    for (const { path, allowed } of repeatedMatches(dataset.value)) {
      addIssue({ message: allowed, path: pathItems(dataset.value, path) });
    }
  }),
);

/** Keys in the form of valibot; only the keys are looked at. */
function pathItems(
  value: unknown,
  path: readonly string[],
): [v.IssuePathItem, ...v.IssuePathItem[]] {
  const items = path.map((key) => ({ type: 'unknown', origin: 'value', input: value, key, value }));
  return items as [v.IssuePathItem, ...v.IssuePathItem[]];
}

/** Parsed: every key is there, presets are filled in. */
export type InputMapping = v.InferOutput<typeof inputMapping>;
export type { Dialect } from './config-dialect.ts';
export type { FieldMapping } from './config-fields.ts';
