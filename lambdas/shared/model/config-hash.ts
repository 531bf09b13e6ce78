import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { Config } from './config.ts';
import { DEFAULT_DIALECT } from './config-dialect.ts';
import { DEFAULT_FIELD } from './config-fields.ts';
import type { InputMapping } from './config-input.ts';

/**
 * SHA-256, in hex, of the parts that decide the tables' content and bytes: rules, windows, parquet
 * and mappings, as JSON with sorted keys. Equal hash and input give equal tables. A key added later
 * is left out at its default, so hashes of earlier versions stay valid.
 */
export function configHash({ rules, windows, parquet, input }: Config): string {
  const { keep, ...others } = rules;
  const held = keep === 'first' ? others : rules;
  const mappings = input.length === 0 ? {} : { input: input.map(heldMapping) };
  const parts = { rules: held, windows, parquet, ...mappings };
  return createHash('sha256').update(canonicalJson(parts)).digest('hex');
}

/** What a mapping says beyond the defaults. */
function heldMapping({ dialect, fields, ...mapping }: InputMapping): object {
  const held = Object.entries(fields).map(([name, field]) => [
    name,
    changes(field ?? DEFAULT_FIELD, DEFAULT_FIELD),
  ]);
  return {
    ...changes(mapping, { encoding: null, missingValues: null, fillDown: null }),
    dialect: changes(dialect, DEFAULT_DIALECT),
    fields: Object.fromEntries(held),
  };
}

function changes(value: object, defaults: object): object {
  const usual = new Map(Object.entries(defaults).map(([key, item]) => [key, canonicalJson(item)]));
  return Object.fromEntries(
    Object.entries(value).filter(
      ([key, item]) => item !== undefined && canonicalJson(item) !== usual.get(key),
    ),
  );
}
