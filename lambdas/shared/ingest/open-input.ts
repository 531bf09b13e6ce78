import { assert } from '../model/errors.ts';
import { gunzipped, iteratorSource, UnreadableInputError } from './byte-sources.ts';
import { checkEncoding, utf8Of } from './dialect/encoding.ts';
import { FIRST_BYTES, hasUtf8Mark, type InputKind, kindOf, MAX_FIRST_BYTES } from './input-kind.ts';
import type { ByteSource } from './record-reader.ts';

/** An input as its records are read from it: unpacked, and decoded to UTF-8. */
export interface OpenInput {
  readonly kind: Extract<InputKind, 'csv' | 'ndjson'>;
  /** True for gzip and encodings, where only the end shows whether the input is whole. */
  readonly isDecoded: boolean;
  readonly source: ByteSource;
  /** Offset of the first byte of `source` in the unpacked and decoded input. */
  readonly startOffset: number;
  /** Lets go of what the input is read from, wherever it was read to. Harmless a second time. */
  close(): Promise<void>;
}

/** What is not in the bytes of an input. */
export interface InputOptions {
  /**
   * A label of the WHATWG encoding standard for text without a byte order mark; null: UTF-8. One
   * for which `checkEncoding` has a name.
   */
  readonly encoding?: string | null;
}

/** What has been unwrapped so far. */
interface Layers {
  readonly outer: readonly ('gzip' | 'text')[];
  /** Of text, unless a byte order mark says another; null: UTF-8. */
  readonly encoding: string | null;
  readonly opened: AsyncIterator<Uint8Array>[];
  readonly close: () => Promise<void>;
}

/**
 * Opens an input by its first bytes (contract §1.1), unpacking gzip and decoding UTF-16, and text
 * in the encoding of its mapping (contract §1.3). It or its source throws `UnreadableInputError`:
 * `format_unsupported`, `gzip_invalid` or `encoding_invalid`; errors of `stored` pass through
 * unchanged.
 */
export async function openInput(
  stored: AsyncIterable<Uint8Array>,
  options: InputOptions = {},
): Promise<OpenInput> {
  const encoding = encodingOf(options);
  const opened: AsyncIterator<Uint8Array>[] = [];
  const close = async () => {
    for (const iterator of opened.toReversed()) await iterator.return?.();
  };
  try {
    return await openLayer(stored, { outer: [], encoding, opened, close });
  } catch (error) {
    await close();
    throw error;
  }
}

function encodingOf({ encoding = null }: InputOptions): string | null {
  if (encoding === null) return null;
  const name = checkEncoding(encoding);
  assert(name !== null, 'a mapping has an encoding that is known');
  return name === 'utf-8' ? null : name;
}

async function openLayer(pieces: AsyncIterable<Uint8Array>, layers: Layers): Promise<OpenInput> {
  const { outer, encoding, opened, close } = layers;
  const iterator = pieces[Symbol.asyncIterator]();
  opened.push(iterator);
  const { found, head } = await lookAhead(iterator);
  const openInner = (inner: AsyncIterable<Uint8Array>, layer: 'gzip' | 'text') => {
    const left = layer === 'text' ? null : encoding;
    return openLayer(inner, { ...layers, outer: [...outer, layer], encoding: left });
  };
  switch (found.kind) {
    case 'unsupported':
      throw new UnreadableInputError(`format_unsupported: ${found.name}`);
    case 'gzip':
      if (outer.includes('gzip')) {
        throw new UnreadableInputError('format_unsupported: gzip in gzip');
      }
      return await openInner(gunzipped(replayed(head, iterator)), 'gzip');
    case 'utf16':
      return await openInner(utf8Of(replayed(head, iterator), found.encoding), 'text');
    default: {
      if (encoding !== null && !hasUtf8Mark(head)) {
        return await openInner(utf8Of(replayed(head, iterator), encoding), 'text');
      }
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
