import { TerminalError } from '../model/errors.ts';
import {
  AMOUNT,
  allOf,
  COUNT,
  exactly,
  FLAG,
  INSTANT,
  LAKE_KEY,
  listOf,
  nullable,
  objectWith,
  objectWithSome,
  oneOf,
  optional,
  recordOf,
  type Shape,
  TABLE_FILE_KEY,
  TEXT,
} from '../model/shape.ts';
import { WARNING_CODES } from '../model/warning.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { OUTCOMES } from '../rules/outcome.ts';
import { readStored, type StoredKind } from './stored-json.ts';

/** What readers rely on of manifests (contract §3.1). */

export const COUNTS: Shape = objectWith(
  Object.fromEntries(['read', ...OUTCOMES].map((name) => [name, COUNT])),
);

export const TABLE_FILE: Shape = objectWith({
  key: TABLE_FILE_KEY,
  rows: COUNT,
  bytes: COUNT,
  sha256: TEXT,
});

/** Warnings of contract §2.3; earlier versions had none. */
export const WARNINGS: Shape = optional(
  listOf(objectWith({ code: oneOf(WARNING_CODES), count: COUNT, example: TEXT, hint: TEXT })),
);

export const JOINS: Shape = optional(
  objectWith({ customers_missed: COUNT, products_missed: COUNT }),
);

const COMMON = {
  warnings: WARNINGS,
  joins: JOINS,
  status: TEXT,
  created_at: INSTANT,
  counts: COUNTS,
  issues: recordOf(COUNT),
  revenue: AMOUNT,
  rejected_files: listOf(objectWith({ key: TEXT, reason: TEXT })),
  tables: recordOf(objectWith({ files: listOf(TABLE_FILE) })),
};

export const BATCH_MANIFEST: Shape = allOf(
  objectWith({ kind: exactly('batch'), run_id: TEXT, ...COMMON }),
  objectWithSome({
    inputs: listOf(objectWith({ key: TEXT, bytes: COUNT, records: COUNT })),
    inputs_object: objectWith({ key: LAKE_KEY, files: COUNT, bytes: COUNT }),
  }),
);

/** Entries as a plan has them, and the manifest after it. */
export const PLANNED_SHARD: Shape = objectWith({
  shard: TEXT,
  parents: listOf(TEXT),
  from_version: COUNT,
  to_version: COUNT,
  entries: listOf(
    objectWith({
      version: COUNT,
      kind: TEXT,
      segment: nullable(LAKE_KEY),
      sha256: nullable(TEXT),
      first_sequence_number: nullable(TEXT),
      last_sequence_number: nullable(TEXT),
      gap_after: nullable(TEXT),
      end_reached: nullable(FLAG),
    }),
  ),
});

export const STREAM_MANIFEST: Shape = objectWith({
  kind: exactly('stream'),
  epoch: COUNT,
  ...COMMON,
  stream: TEXT,
  consumer: TEXT,
  watermark: nullable(INSTANT),
  previous: nullable(LAKE_KEY),
  previous_complete: nullable(LAKE_KEY),
  complete: FLAG,
  epoch_counts: COUNTS,
  epoch_warnings: WARNINGS,
  inputs: listOf(PLANNED_SHARD),
});

const CODES = { missingCode: 'manifest_missing', damagedCode: 'manifest_damaged' };

const BATCH_KIND: StoredKind = {
  what: 'manifest',
  shape: BATCH_MANIFEST,
  ...CODES,
  wayOut: 'restore the object, or publish again: npx tandem batch',
};

export const STREAM_MANIFEST_KIND: StoredKind = {
  what: 'manifest',
  shape: STREAM_MANIFEST,
  ...CODES,
  wayOut: 'restore the object, or replay into a new consumer: npx tandem replay --consumer NAME',
};

/**
 * Reads a batch manifest and checks that it is the one its key names. Throws `TerminalError`
 * `manifest_missing` or `manifest_damaged`, which name the key.
 */
export async function readBatchManifest<T extends { readonly run_id: string }>(
  lake: ObjectStore,
  key: string,
): Promise<T> {
  const manifest = await readStored<T>(lake, key, BATCH_KIND);
  assertNamed(key, manifest.run_id, `run ${manifest.run_id}`, BATCH_KIND);
  return manifest;
}

/** Throws `TerminalError` if a manifest stored under this key names another publication. */
export function assertNamed(
  key: string,
  name: string,
  whose: string,
  { wayOut }: StoredKind,
): void {
  if (key.endsWith(`/${name}.json`)) return;
  const message = `manifest ${key} is damaged: it is of ${whose}; ${wayOut}`;
  throw new TerminalError('manifest_damaged', message);
}
