import { linesFormat } from '../ingest/ndjson.ts';
import { openInput } from '../ingest/open-input.ts';
import { csvFormat, RecordReader } from '../ingest/record-reader.ts';
import { objectScanner } from '../ingest/scan-object.ts';
import type { SpanBatch } from '../ingest/span-batch.ts';
import { type DimensionDefinition, dimensionFields } from '../model/dimension.ts';
import { TerminalError } from '../model/errors.ts';

/** Takes rows whose field f is the definition's field f, and where their window begins. */
type RowVisitor = (rows: SpanBatch, baseOffset: number) => void;

const ALL = { stopBefore: Number.POSITIVE_INFINITY, giveUpAt: Number.POSITIVE_INFINITY };

/**
 * Reads the rows of a dimension's file, CSV or NDJSON (contract §1.2), in their order. Throws
 * `TerminalError` `dimension_rejected` where its header would be rejected; what reading throws
 * passes through.
 */
export async function readDimension(
  stored: AsyncIterable<Uint8Array>,
  definition: DimensionDefinition,
  key: string,
  visit: RowVisitor,
): Promise<void> {
  const fields = dimensionFields(definition);
  const { kind, source, startOffset, close } = await openInput(stored);
  try {
    const reader = new RecordReader(source, startOffset);
    let format = linesFormat(objectScanner(fields.fields));
    if (kind === 'csv') {
      const header = await reader.header(fields);
      if (header.kind === 'rejected') throw rejected(key, header.reason);
      // Spans of columns that the file lacks are never written: in a new batch they are empty.
      format = csvFormat(header.layout);
    }
    await reader.records(format, ALL, visit);
  } finally {
    await close();
  }
}

/** A file that cannot be read as a dimension. */
export function rejected(key: string, reason: string, cause?: Error): TerminalError {
  const message = `${key} cannot be read as a dimension: ${reason}; fix or remove the file`;
  return new TerminalError('dimension_rejected', message, { cause });
}
