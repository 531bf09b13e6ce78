import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { Config } from './config.ts';

/**
 * SHA-256, in hex, of the parts that decide the tables' content and bytes: rules, windows,
 * parquet and mappings, as JSON with sorted keys. Equal hash and input give equal tables. A key added later is
 * left out at its default, so hashes of earlier versions stay valid.
 */
export function configHash({ rules, windows, parquet, input }: Config): string {
  const { keep, ...others } = rules;
  const held = keep === 'first' ? others : rules;
  const mappings = input.length === 0 ? {} : { input };
  const parts = { rules: held, windows, parquet, ...mappings };
  return createHash('sha256').update(canonicalJson(parts)).digest('hex');
}
