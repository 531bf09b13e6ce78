import { ByteHeap } from '../../../shared/bytes/byte-heap.ts';
import { copyBytes } from '../../../shared/bytes/bytes.ts';
import {
  type KeyedColumn,
  type NamedColumns,
  plain,
  textValues,
} from '../../../shared/bytes/column-data.ts';
import type { RecordChunk } from './record-chunk.ts';

/** Where rows of a chunk were read: source and sequence_number (contract §3). */
export class EventPositions {
  readonly #offsets: Uint32Array;
  readonly #sequences = new ByteHeap();
  readonly #keys: Uint32Array;

  constructor(capacity: number) {
    this.#offsets = new Uint32Array(capacity + 1);
    this.#keys = new Uint32Array(capacity);
  }

  /** The columns of `rows`, at most `capacity`. Valid until the next call. */
  columns(chunk: RecordChunk, rows: Uint32Array): NamedColumns {
    this.#pickSequences(chunk, rows);
    const sequences = { heap: this.#sequences.bytes, offsets: this.#offsets };
    return { source: this.#sourceColumn(chunk, rows), sequence_number: plain(sequences) };
  }

  #sourceColumn({ source, sources }: RecordChunk, rows: Uint32Array): KeyedColumn {
    const keyOf = new Int32Array(sources.length).fill(-1);
    const used: number[] = [];
    for (let i = 0; i < rows.length; i++) {
      const index = source[rows[i]];
      if (keyOf[index] < 0) keyOf[index] = used.push(index) - 1;
      this.#keys[i] = keyOf[index];
    }
    return {
      kind: 'keyed',
      keys: this.#keys,
      keyCount: used.length,
      valueOf: Int32Array.from(used),
      values: textValues(sources),
      isInOrderOfUse: true,
    };
  }

  /** Copies the sequence numbers one behind the other. */
  #pickSequences(chunk: RecordChunk, rows: Uint32Array): void {
    const { sequences, sequenceEnd } = chunk;
    let size = 0;
    for (let i = 0; i < rows.length; i++) {
      size += sequenceEnd[rows[i]] - chunk.sequenceStart(rows[i]);
      this.#offsets[i + 1] = size;
    }
    this.#sequences.size = 0;
    this.#sequences.reserve(size);
    const { view } = this.#sequences;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      const from = chunk.sequenceStart(row);
      copyBytes(sequences.view, from, sequenceEnd[row], view, this.#offsets[i]);
    }
  }
}
