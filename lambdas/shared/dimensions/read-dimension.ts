import { dialectFormat } from '../ingest/dialect/dialect-format.ts';
import type { DimensionForm } from '../ingest/mapping/input-form.ts';
import { linesFormat } from '../ingest/ndjson.ts';
import { openInput } from '../ingest/open-input.ts';
import type { PresenceCheck } from '../ingest/present-value.ts';
import { RecordReader } from '../ingest/record-reader.ts';
import { objectScanner } from '../ingest/scan-object.ts';
import type { SpanBatch } from '../ingest/span-batch.ts';
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
  { key, form }: { readonly key: string; readonly form: DimensionForm },
  visit: RowVisitor,
): Promise<void> {
  const { wanted, dialect, encoding, eventPaths, missing } = form;
  const { kind, source, startOffset, close } = await openInput(stored, { encoding });
  try {
    const reader = new RecordReader(source, startOffset);
    let format = linesFormat(objectScanner(eventPaths));
    if (kind === 'csv') {
      const header = await reader.header(wanted, dialect);
      if (header.kind === 'rejected') throw rejected(key, header.reason);
      // Spans of columns that the file lacks are never written: in a new batch they are empty.
      format = dialectFormat(header.layout, dialect);
    }
    await reader.records(format, ALL, (rows, baseOffset) => {
      if (missing !== null) leaveOutMissing(rows, wanted.fields.length, missing);
      visit(rows, baseOffset);
    });
  } finally {
    await close();
  }
}

/** Makes values absent that the mapping calls missing. */
function leaveOutMissing(rows: SpanBatch, fieldCount: number, isPresent: PresenceCheck): void {
  const { bytes, recordCount } = rows;
  for (let field = 0; field < fieldCount; field++) {
    const [starts, ends] = [rows.starts[field], rows.ends[field]];
    for (let i = 0; i < recordCount; i++) if (!isPresent(bytes, starts, ends, i)) starts[i] = -1;
  }
}

/** A file that cannot be read as a dimension. */
export function rejected(key: string, reason: string, cause?: Error): TerminalError {
  const message = `${key} cannot be read as a dimension: ${reason}; fix or remove the file`;
  return new TerminalError('dimension_rejected', message, { cause });
}
