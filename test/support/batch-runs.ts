import type { BatchManifest } from '../../lambdas/batch/run/batch-manifest.ts';
import { type Config, parseConfig } from '../../lambdas/shared/model/config.ts';
import { TerminalError } from '../../lambdas/shared/model/errors.ts';
import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';
import type { BatchRunResult } from '../../lib/common/batch-run-result.ts';
import { runBatch } from '../../lib/embedded/batch/run-batch.ts';
import type { BatchRunOptions } from '../../lib/embedded/batch/run-options.ts';
import { readTables, type Tables } from './lake-tables.ts';
import { MemoryObjectStore } from './memory/memory-object-store.ts';

/** Runs of the batch door in memory, in this thread. */

export type Files = ReadonlyMap<string, Uint8Array>;

export async function storeOf(files: Iterable<readonly [string, Uint8Array | string]>) {
  const store = new MemoryObjectStore();
  for (const [key, bytes] of files) await store.put(key, Buffer.from(bytes));
  return store;
}

export const HEADER = 'order_id,customer_id,product_id,order_timestamp,quantity,price,status';

/** An orders file: the usual header and these lines. */
export function ordersCsv(lines: readonly string[]): string {
  return `${[HEADER, ...lines].join('\n')}\n`;
}

export type RunOptions = Partial<Omit<BatchRunOptions, 'config'>> & {
  /** As in the config file. */
  readonly config?: Readonly<Record<string, unknown>>;
};

export async function runOver(
  files: Iterable<readonly [string, Uint8Array | string]>,
  { config, ...options }: RunOptions = {},
): Promise<BatchRunResult & { readonly lake: ObjectStore }> {
  const landing = options.landing ?? (await storeOf(files));
  const lake = options.lake ?? new MemoryObjectStore();
  const result = await runBatch({ ...options, landing, lake, config: configOf(config) });
  return { ...result, lake };
}

export function configOf(config: Readonly<Record<string, unknown>> = {}): Config {
  return parseConfig(config);
}

/** What a run published, or the code of the `TerminalError` it failed with. */
export type Outcome =
  | { readonly failure: null; readonly manifest: BatchManifest; readonly tables: Tables }
  | { readonly failure: string; readonly message: string };

export async function outcomeOf(
  run: () => Promise<{ readonly manifest: BatchManifest; readonly lake: ObjectStore }>,
): Promise<Outcome> {
  try {
    const { manifest, lake } = await run();
    return { failure: null, manifest, tables: await readTables(lake, manifest) };
  } catch (error) {
    if (error instanceof TerminalError) return { failure: error.code, message: error.message };
    throw error;
  }
}

export async function keysOf(store: ObjectStore, prefix = ''): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
}
