import { columnPlaces, MAX_FURTHER_COLUMNS } from './column-places.ts';
import { DEFAULT_DIALECT, type Dialect } from './config-dialect.ts';
import type { FieldMapping, FieldMappings } from './config-fields.ts';
import { CUSTOMERS, type DimensionDefinition, dimensionFields, PRODUCTS } from './dimension.ts';
import { ORDER_FIELDS } from './order.ts';

/** What is wrong at one key of a mapping because of another, and what it may be instead. */
export interface MappingProblem {
  readonly path: readonly string[];
  readonly allowed: string;
}

/** The keys of a mapping that depend on each other. */
interface Mapping {
  readonly match: string;
  readonly encoding: string | null;
  readonly dialect: Dialect;
  readonly fields: FieldMappings;
  readonly fillDown: { readonly by: string; readonly fields: readonly string[] } | null;
}

/**
 * The problems of a mapping whose keys are right one by one: keys that its files or events cannot
 * have, characters with two meanings, more columns than there is place for.
 */
export function mappingProblems(mapping: Mapping): MappingProblem[] {
  return [
    ...kindProblems(mapping),
    ...dialectProblems(mapping.dialect),
    ...numberProblems(mapping.fields),
    ...fillProblems(mapping),
    ...currencyProblems(mapping),
    ...placeProblems(mapping),
  ];
}

/** Mappings that no file reaches, because one before them has the same `match`. */
export function repeatedMatches(mappings: readonly { readonly match: string }[]): MappingProblem[] {
  const first = new Map<string, number>();
  return mappings.flatMap(({ match }, i) => {
    const before = first.get(match);
    if (before === undefined) first.set(match, i);
    const path = [String(i), 'match'];
    return before === undefined
      ? []
      : [{ path, allowed: `another one than input[${before}].match` }];
  });
}

/** The fields that a mapping may have, and what of; null: a pattern that begins with a star. */
function fieldsFor(match: string): { kind: string; names: readonly string[] } | null {
  if (match.startsWith('*')) return null;
  const dimension = dimensionOf(match);
  if (dimension === null) return { kind: 'orders', names: [...ORDER_FIELDS, 'currency'] };
  return { kind: dimension.name, names: dimensionFields(dimension).fields };
}

function dimensionOf(match: string): DimensionDefinition | null {
  return [CUSTOMERS, PRODUCTS].find(({ name }) => match.startsWith(`${name}/`)) ?? null;
}

function given(fields: FieldMappings): [string, FieldMapping][] {
  return Object.entries(fields).flatMap(([name, field]) =>
    field === undefined ? [] : [[name, field]],
  );
}

/** Keys that what the pattern matches cannot have. */
function kindProblems(mapping: Mapping): MappingProblem[] {
  const { match, fields, fillDown } = mapping;
  const dimension = dimensionOf(match);
  const problems: MappingProblem[] = match === 'events' ? eventProblems(mapping) : [];
  if (dimension !== null && fillDown !== null) {
    problems.push({ path: ['fillDown'], allowed: `null, because match is of ${dimension.name}` });
  }
  const own = fieldsFor(match);
  for (const [name, field] of given(fields)) {
    const path = ['fields', name];
    if (own !== null && !own.names.includes(name)) {
      const allowed = `fields of ${own.kind}: ${own.names.join(', ')}`;
      problems.push({ path, allowed });
    } else if (dimension !== null) problems.push(...renameProblems(path, field));
  }
  return problems;
}

/** Events are JSON, each by itself. */
function eventProblems({ encoding, dialect, fillDown }: Mapping): MappingProblem[] {
  const allowed = 'only its default, because match is events';
  const set = Object.entries(dialect).filter(
    ([key, value]) => value !== DEFAULT_DIALECT[key as keyof Dialect],
  );
  return [
    ...(encoding === null ? [] : [{ path: ['encoding'], allowed }]),
    ...set.map(([key]) => ({ path: ['dialect', key], allowed })),
    ...(fillDown === null ? [] : [{ path: ['fillDown'], allowed }]),
  ];
}

/** A field of customers or products is a column under another name. */
function renameProblems(path: readonly string[], field: FieldMapping): MappingProblem[] {
  const allowed = 'only its default, because fields of customers and products have from alone';
  return [
    ...((field.from?.length ?? 1) > 1 ? [{ path: [...path, 'from'], allowed: 'one column' }] : []),
    ...(field.join === ' ' ? [] : [{ path: [...path, 'join'], allowed }]),
    ...(field.default === null ? [] : [{ path: [...path, 'default'], allowed }]),
  ];
}

function dialectProblems(dialect: Dialect): MappingProblem[] {
  const { header, columns } = dialect;
  const problems: MappingProblem[] = [];
  if (columns !== null && header) {
    const allowed = 'null, because header is true: the first record names the columns';
    problems.push({ path: ['dialect', 'columns'], allowed });
  }
  const repeated = columns?.find((name, i) => columns.indexOf(name) < i);
  if (repeated !== undefined) {
    const allowed = `each name once, but ${JSON.stringify(repeated)} is there twice`;
    problems.push({ path: ['dialect', 'columns'], allowed });
  }
  return [...problems, ...characterProblems(dialect)];
}

/** The characters that mean something, each with the key that says so. */
function characterProblems(dialect: Dialect): MappingProblem[] {
  const problems: MappingProblem[] = [];
  // Without a delimiter, a header that has commas is split by them.
  const meanings = new Map([[dialect.delimiter ?? ',', 'delimiter']]);
  for (const key of ['quoteChar', 'escapeChar', 'commentChar'] as const) {
    const character = dialect[key];
    if (character === null) continue;
    const other = meanings.get(character);
    if (other === undefined) meanings.set(character, key);
    else {
      const allowed = `another character than dialect.${other}`;
      problems.push({ path: ['dialect', key], allowed });
    }
  }
  return problems;
}

function numberProblems(fields: FieldMappings): MappingProblem[] {
  return given(fields)
    .filter(([, { decimalChar, groupChar }]) => decimalChar === groupChar)
    .map(([name, { decimalChar }]) => ({
      path: ['fields', name, 'groupChar'],
      allowed: `another character than decimalChar, ${JSON.stringify(decimalChar)}`,
    }));
}

function fillProblems({ fillDown }: Mapping): MappingProblem[] {
  if (fillDown === null || !fillDown.fields.includes(fillDown.by)) return [];
  return [{ path: ['fillDown', 'fields'], allowed: 'other columns than that of fillDown.by' }];
}

/** A currency that nothing is expected of would be looked at for nothing. */
function currencyProblems({ fields: { currency } }: Mapping): MappingProblem[] {
  if (currency === undefined || currency.expect !== null) return [];
  return [{ path: ['fields', 'currency', 'expect'], allowed: 'a code such as EUR' }];
}

function placeProblems({ match, fields, fillDown }: Mapping): MappingProblem[] {
  const names = fieldsFor(match)?.names ?? ORDER_FIELDS;
  const { further } = columnPlaces(names, fields, fillDown);
  if (further.length <= MAX_FURTHER_COLUMNS) return [];
  const allowed =
    `up to ${MAX_FURTHER_COLUMNS} columns beyond one for each field, in from and in fillDown ` +
    `together, but ${further.length} are: ${further.join(', ')}`;
  return [{ path: ['fields'], allowed }];
}
