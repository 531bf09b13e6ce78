import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { Config } from './config.ts';

/**
 * SHA-256, in hex, of the parts that decide what tables hold or how their bytes are: rules, windows
 * and parquet, as JSON with sorted keys. Two runs with one hash and one input give the same tables.
 */
export function configHash(config: Config): string {
  const { rules, windows, parquet } = config;
  return createHash('sha256').update(canonicalJson({ rules, windows, parquet })).digest('hex');
}
