import type { FieldMappings } from './config-fields.ts';

/** Columns that a mapping may read beyond one for each field. */
export const MAX_FURTHER_COLUMNS = 8;

/** Where the columns that a mapping reads are kept while a record is read. */
export interface ColumnPlaces {
  /** For each field its own column; null where that is a constant, or another field has it. */
  readonly direct: readonly (string | null)[];
  /** All others, each once. */
  readonly further: readonly string[];
}

/**
 * Plans the places of columns: each field takes the first column of its `from` directly unless a
 * field before it has; every other column of a `from` or of `fillDown` gets one place more, unless
 * a field has it. A field without entry has the column of its name. Names are compared exactly.
 */
export function columnPlaces(
  names: readonly string[],
  fields: FieldMappings,
  fillDown: { readonly by: string; readonly fields: readonly string[] } | null,
): ColumnPlaces {
  const taken = new Set<string>();
  const sources = names.map((name) => columnsOf(name, fields));
  const direct = sources.map(([first = null]) => {
    if (first === null || taken.has(first)) return null;
    taken.add(first);
    return first;
  });
  const filled = fillDown === null ? [] : [fillDown.by, ...fillDown.fields];
  const others = [...sources.flat(), ...filled].filter((column) => !taken.has(column));
  return { direct, further: [...new Set(others)] };
}

/**
 * The columns that a field is made of: that of its own name unless the mapping says others, and
 * none for a constant.
 */
export function columnsOf(name: string, fields: FieldMappings): readonly string[] {
  const mapping = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (mapping?.from !== undefined) return mapping.from;
  return mapping === undefined || mapping.default === null ? [name] : [];
}
