import { GzipInvalidError, gunzipped, piecesSource } from '../ingest/byte-sources.ts';
import { asInputChanged, isGzip, type LandingObject } from '../ingest/list-landing.ts';
import { csvFormat, RecordReader } from '../ingest/record-reader.ts';
import type { DimensionCounts, DimensionDefinition } from '../model/dimension.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { TerminalError } from '../runtime/errors.ts';
import { DimensionBuilder, type DimensionData } from './dimension.ts';

export interface LoadedDimension {
  readonly data: DimensionData;
  readonly counts: Readonly<DimensionCounts>;
}

/**
 * Reads a dimension's files in order of keys (contract §1.2). Throws `TerminalError`:
 * `dimension_rejected` where a file would be rejected as an orders file, `dimensions_too_large`
 * above `maxBytes`, `input_changed`.
 */
export async function loadDimension(
  landing: ObjectStore,
  definition: DimensionDefinition,
  files: readonly LandingObject[],
  maxBytes: number,
): Promise<LoadedDimension> {
  const builder = new DimensionBuilder(definition);
  for (const file of files) {
    try {
      await loadFile(landing, definition, file, builder, maxBytes);
    } catch (error) {
      if (error instanceof GzipInvalidError) throw rejected(file.key, 'gzip_invalid', error);
      throw asInputChanged(file.key, error);
    }
  }
  return { data: builder.finish(), counts: builder.counts };
}

async function loadFile(
  landing: ObjectStore,
  definition: DimensionDefinition,
  file: LandingObject,
  builder: DimensionBuilder,
  maxBytes: number,
): Promise<void> {
  const stored = landing.stream(file.key, { ifMatch: file.etag });
  const pieces = isGzip(file.key) ? gunzipped(stored) : stored;
  const reader = new RecordReader(piecesSource(pieces), 0);
  const header = await reader.header(definition.fields);
  if (header.kind === 'rejected') throw rejected(file.key, header.reason);
  const limits = { stopBefore: Number.POSITIVE_INFINITY, giveUpAt: Number.POSITIVE_INFINITY };
  await reader.records(csvFormat(header.layout), limits, (batch) => {
    builder.add(batch);
    if (builder.sizeBytes <= maxBytes) return;
    const message =
      `${definition.name} needs more than ${maxBytes} bytes of memory (reading ${file.key}); ` +
      'raise batch.memoryLimitBytes';
    throw new TerminalError('dimensions_too_large', message);
  });
}

function rejected(key: string, reason: string, cause?: Error): TerminalError {
  const message = `${key} cannot be read as a dimension: ${reason}; mend or remove the file`;
  return new TerminalError('dimension_rejected', message, { cause });
}
