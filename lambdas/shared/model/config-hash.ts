import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { Config } from './config.ts';

/**
 * SHA-256, in hex, of the parts that decide what tables hold or how their bytes are: rules, windows
 * and parquet, as JSON with sorted keys. Two runs with one hash and one input give the same tables.
 * A key that came later is left out where it has its default: hashes of earlier versions hold.
 */
export function configHash({ rules, windows, parquet }: Config): string {
  const { keep, ...others } = rules;
  const held = keep === 'first' ? others : rules;
  const parts = { rules: held, windows, parquet };
  return createHash('sha256').update(canonicalJson(parts)).digest('hex');
}
