import { gunzipped, iteratorSource, UnreadableInputError, utf8Of } from './byte-sources.ts';
import { FIRST_BYTES, type InputKind, kindOf, MAX_FIRST_BYTES } from './input-kind.ts';
import type { ByteSource } from './record-reader.ts';

/** An input as its records are read from it: unpacked, and decoded to UTF-8. */
export interface OpenInput {
  readonly kind: Extract<InputKind, 'csv' | 'ndjson'>;
  /** True for gzip and UTF-16, where only the end shows whether the input is whole. */
  readonly isDecoded: boolean;
  readonly source: ByteSource;
  /** Offset of the first byte of `source` in the unpacked and decoded input. */
  readonly startOffset: number;
  /** Lets go of what the input is read from, wherever it was read to. Harmless a second time. */
  close(): Promise<void>;
}

/**
 * Opens an input by its first bytes (contract §1.1), unpacking gzip and decoding UTF-16. It or its
 * source throws `UnreadableInputError`: `format_unsupported`, `gzip_invalid` or `encoding_invalid`;
 * errors of `stored` pass through unchanged.
 */
export async function openInput(stored: AsyncIterable<Uint8Array>): Promise<OpenInput> {
  const opened: AsyncIterator<Uint8Array>[] = [];
  const close = async () => {
    for (const iterator of opened.toReversed()) await iterator.return?.();
  };
  try {
    return await openLayer(stored, [], opened, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function openLayer(
  pieces: AsyncIterable<Uint8Array>,
  outer: readonly InputKind[],
  opened: AsyncIterator<Uint8Array>[],
  close: () => Promise<void>,
): Promise<OpenInput> {
  const iterator = pieces[Symbol.asyncIterator]();
  opened.push(iterator);
  const { found, head } = await lookAhead(iterator);
  switch (found.kind) {
    case 'unsupported':
      throw new UnreadableInputError(`format_unsupported: ${found.name}`);
    case 'gzip':
      if (outer.includes('gzip'))
        throw new UnreadableInputError('format_unsupported: gzip in gzip');
      return await openLayer(gunzipped(replayed(head, iterator)), ['gzip'], opened, close);
    case 'utf16':
      return await openLayer(
        utf8Of(replayed(head, iterator), found.encoding),
        [...outer, 'utf16'],
        opened,
        close,
      );
    default: {
      const { kind, startByte } = found;
      const source = iteratorSource(head.subarray(startByte), iterator);
      return { kind, isDecoded: outer.length > 0, source, startOffset: startByte, close };
    }
  }
}

/** The first bytes, however they are cut into pieces, and what they say. */
async function lookAhead(iterator: AsyncIterator<Uint8Array>) {
  let head: Uint8Array = new Uint8Array(0);
  let isLast = false;
  for (let wantedBytes = FIRST_BYTES; ; wantedBytes = MAX_FIRST_BYTES) {
    const pieces = [head];
    let length = head.length;
    while (!isLast && length < wantedBytes) {
      const next = await iterator.next();
      if (next.done) isLast = true;
      else {
        pieces.push(next.value);
        length += next.value.length;
      }
    }
    head = Buffer.concat(pieces);
    const found = kindOf(head, head.length, isLast);
    if (found.kind !== 'undecided') return { found, head };
  }
}

async function* replayed(
  head: Uint8Array,
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  for (;;) {
    const next = await iterator.next();
    if (next.done) return;
    yield next.value;
  }
}
