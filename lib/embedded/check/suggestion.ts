import type { InputMapping } from '../../../lambdas/shared/model/config-input.ts';
import type { FieldRules } from './record-fields.ts';
import { type ConfigValue, pairs } from './yaml-flow.ts';

/** What would help, for one issue. */
export interface Suggestion {
  /** A sentence for people. */
  readonly text: string;
  /**
   * Keys of an entry of `input` (contract §1.3) in YAML, or of the config where it begins with
   * `rules`; null: no key helps.
   */
  readonly config: string | null;
}

/** What is known of the file that has the first record of an issue. */
export interface SuggestionContext {
  /** Names in its header; empty where it has none. */
  readonly columns: readonly string[];
  /** How its fields are told apart; null: it is no CSV. */
  readonly rules: FieldRules | null;
  /** The entry of `input` that it is read by. */
  readonly mapping: InputMapping | null;
  /** True if every record of the file has the issue. */
  readonly isWholeFile: boolean;
}

/** A context that knows nothing, to be filled in. */
export const NO_CONTEXT: SuggestionContext = {
  columns: [],
  rules: null,
  mapping: null,
  isWholeFile: false,
};

/** A suggestion without a key of the config. */
export function advice(text: string): Suggestion {
  return { text, config: null };
}

/** A suggestion of keys of an entry of `input`. */
export function ofEntry(text: string, keys: { readonly [key: string]: ConfigValue }): Suggestion {
  return { text, config: pairs(keys) };
}

/**
 * A suggestion of options of one field. `from` is named where the mapping has one already, and with
 * a default: without `from` that would be a constant.
 */
export function ofField(
  text: string,
  field: string,
  options: { readonly [key: string]: ConfigValue },
  context: SuggestionContext,
): Suggestion {
  const needsFrom = 'default' in options || context.mapping?.fields[field]?.from !== undefined;
  const from = needsFrom ? { from: sourceOf(field, context) } : {};
  return ofEntry(text, { fields: { [field]: { ...from, ...options } } });
}

/** The columns of a field: those of the mapping, or the one that the header spells like it. */
export function sourceOf(field: string, { mapping, columns }: SuggestionContext): ConfigValue {
  const from = mapping?.fields[field]?.from;
  if (from !== undefined) return from.length === 1 ? from[0] : from;
  return columnLike(field, columns) ?? field;
}

/** The name in a header that is taken for a name (contract §1.1); null if none is. */
export function columnLike(name: string, columns: readonly string[]): string | null {
  const plain = (text: string) => text.trim().toLowerCase().replace(/[ -]/g, '_');
  if (columns.includes(name)) return name;
  return columns.find((column) => plain(column) === plain(name)) ?? null;
}

/** `fits 3 of 5 different values` unless it fits all; `all` are counted as they differ. */
export function fitText(fitting: number, all: number): string {
  return fitting === all ? '' : `; fits ${fitting} of the ${all} values that were looked at`;
}
