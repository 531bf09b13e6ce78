import { UnreadableInputError } from '../ingest/byte-sources.ts';
import { asInputChanged, type LandingObject } from '../ingest/list-landing.ts';
import { dimensionForm } from '../ingest/mapping/input-form.ts';
import type { Config } from '../model/config.ts';
import type { DimensionCounts, DimensionDefinition } from '../model/dimension.ts';
import { ObjectNotFoundError, ObjectUnreadableError, TerminalError } from '../model/errors.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { DimensionBuilder, type DimensionData } from './joined-dimension.ts';
import { readDimension, rejected } from './read-dimension.ts';

/** Share of `batch.memoryLimitBytes` that one dimension may take. */
const DIMENSION_SHARE = 0.25;

/** Most bytes that one dimension may take in memory, in either door. */
function maxDimensionBytes({ batch }: Pick<Config, 'batch'>): number {
  return batch.memoryLimitBytes * DIMENSION_SHARE;
}

export interface LoadedDimension {
  readonly data: DimensionData;
  readonly counts: Readonly<DimensionCounts>;
  /** The first row that is counted in `dimension_issues`. */
  readonly firstIssue: { readonly key: string; readonly offset: number } | null;
}

/** A file of a dimension: in landing, or an immutable copy of it under another key. */
export type DimensionFile = LandingObject & { readonly copyKey?: string };

/**
 * Reads a dimension's files in order of keys (contract §1.2), by the mappings of the config. Throws
 * `TerminalError`:
 * `dimension_rejected` if a file would be rejected as an orders file, `dimensions_too_large` above
 * a quarter of `batch.memoryLimit`, `input_changed`, `dimension_copy_missing`.
 */
export async function loadDimension(
  store: Pick<ObjectStore, 'stream'>,
  definition: DimensionDefinition,
  files: readonly DimensionFile[],
  config: Pick<Config, 'batch' | 'input'>,
): Promise<LoadedDimension> {
  const builder = new DimensionBuilder(definition);
  let firstIssue: LoadedDimension['firstIssue'] = null;
  for (const file of files) {
    try {
      const offset = await loadFile(store, definition, file, { builder, config });
      if (offset !== null) firstIssue ??= { key: file.key, offset };
    } catch (error) {
      if (error instanceof UnreadableInputError) throw rejected(file.key, error.reason, error);
      if (error instanceof ObjectUnreadableError) throw rejected(file.key, error.reason, error);
      if (file.copyKey !== undefined) throw asCopyMissing(file.key, error);
      throw asInputChanged(file.key, error);
    }
  }
  return { data: builder.finish(), counts: builder.counts, firstIssue };
}

/** Returns where the first row with an issue is, or null. */
async function loadFile(
  store: Pick<ObjectStore, 'stream'>,
  definition: DimensionDefinition,
  file: DimensionFile,
  { builder, config }: { builder: DimensionBuilder; config: Pick<Config, 'batch' | 'input'> },
): Promise<number | null> {
  const maxBytes = maxDimensionBytes(config);
  const { key, etag, copyKey } = file;
  const stored =
    copyKey === undefined ? store.stream(key, { ifMatch: etag }) : store.stream(copyKey);
  let firstIssue: number | null = null;
  const form = dimensionForm(key, definition, config);
  await readDimension(stored, { key, form }, (rows, baseOffset) => {
    const index = builder.add(rows);
    if (index !== null) firstIssue ??= baseOffset + rows.recordStart[index];
    if (builder.sizeBytes <= maxBytes) return;
    const message =
      `${definition.name} needs more than ${maxBytes} bytes of memory (reading ${key}); ` +
      'raise batch.memoryLimitBytes';
    throw new TerminalError('dimensions_too_large', message);
  });
  return firstIssue;
}

function asCopyMissing(key: string, error: unknown): unknown {
  if (!(error instanceof ObjectNotFoundError)) return error;
  const message =
    `${error.key}, the copy of ${key}, is missing; restore the object, or put a readable ${key} into ` +
    'landing';
  return new TerminalError('dimension_copy_missing', message, { cause: error });
}
