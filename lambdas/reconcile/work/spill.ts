import { deserialize, serialize } from 'node:v8';
import { withCleanUp } from '../../shared/model/errors.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';

/**
 * Rows that do not fit into memory: dealt into partitions, written below `work/`, and read back
 * partition by partition. A flush is one object with all partitions in sequence, so that few
 * objects are open or made, however many partitions there are.
 */

export type SpillColumn =
  | Float64Array
  | Int32Array
  | Uint8Array
  | BigInt64Array
  | readonly unknown[]
  /** All of its values are null. */
  | null;

/** Columns of one length. The names are the same in all batches of a spill. */
export type SpillBatch = Readonly<Record<string, SpillColumn>>;

interface DealtBatch<T extends SpillBatch> {
  readonly batch: T;
  readonly partitions: Uint32Array;
}

interface Segment {
  readonly startByte: number;
  readonly endByte: number;
}

/** What a spill wrote, for reading it in another process. */
export interface SpilledParts {
  readonly prefix: string;
  /** First index: object; second: partition. */
  readonly segments: readonly (readonly Segment[])[];
}

/** The rows of one partition, in the order in which they were dealt. */
export async function* readSpilled<T extends SpillBatch>(
  lake: ObjectStore,
  { prefix, segments }: SpilledParts,
  partition: number,
): AsyncGenerator<T> {
  for (const [index, ofObject] of segments.entries()) {
    const range = ofObject[partition];
    if (range.startByte === range.endByte) continue;
    yield deserialize(await lake.get(keyOf(prefix, index), { range })) as T;
  }
}

function keyOf(prefix: string, index: number): string {
  return `${prefix}${String(index).padStart(6, '0')}`;
}

/**
 * Deals rows into partitions and writes them to temporary objects; `SpilledParts` describes them to
 * a reader.
 */
export class Spill<T extends SpillBatch> {
  readonly #lake: ObjectStore;
  readonly #prefix: string;
  readonly #partitionCount: number;
  readonly #bufferRows: number;
  #buffered: DealtBatch<T>[] = [];
  #bufferedRows = 0;
  /** First index: object; second: partition. */
  readonly #segments: Segment[][] = [];

  /** `prefix` ends in `/` and must be used for this only; `bufferRows` are held before a flush. */
  constructor(
    lake: ObjectStore,
    options: {
      readonly prefix: string;
      readonly partitionCount: number;
      readonly bufferRows: number;
    },
  ) {
    this.#lake = lake;
    this.#prefix = options.prefix;
    this.#partitionCount = options.partitionCount;
    this.#bufferRows = options.bufferRows;
  }

  /** Row i goes to partition `partitions[i]`. The batch is kept, not copied. */
  async deal(batch: T, partitions: Uint32Array): Promise<void> {
    this.#buffered.push({ batch, partitions });
    this.#bufferedRows += partitions.length;
    if (this.#bufferedRows >= this.#bufferRows) await this.flush();
  }

  /** Writes what is still held; after it, everything dealt can be read. */
  async flush(): Promise<void> {
    if (this.#bufferedRows === 0) return;
    const rowsOf = this.#buffered.map(({ partitions }) => this.#rowsByPartition(partitions));
    const segments: Segment[] = [];
    const writer = this.#lake.openWriter(keyOf(this.#prefix, this.#segments.length));
    let size = 0;
    await withCleanUp(
      async () => {
        for (let partition = 0; partition < this.#partitionCount; partition++) {
          const bytes = this.#encode(rowsOf.map((rows) => rows[partition]));
          if (bytes.length > 0) await writer.write(bytes);
          segments.push({ startByte: size, endByte: size + bytes.length });
          size += bytes.length;
        }
        await writer.commit({ ifNoneMatch: true });
      },
      () => writer.abort(),
    );
    this.#segments.push(segments);
    this.#buffered = [];
    this.#bufferedRows = 0;
  }

  /** The rows of one partition, in the order in which they were dealt. */
  async *read(partition: number): AsyncGenerator<T> {
    yield* readSpilled<T>(this.#lake, this.#parts, partition);
  }

  /** Flushes, and says what another process reads. */
  async finish(): Promise<SpilledParts> {
    await this.flush();
    return this.#parts;
  }

  get #parts(): SpilledParts {
    return { prefix: this.#prefix, segments: this.#segments };
  }

  #rowsByPartition(partitions: Uint32Array): number[][] {
    const rows: number[][] = Array.from({ length: this.#partitionCount }, () => []);
    for (let row = 0; row < partitions.length; row++) rows[partitions[row]].push(row);
    return rows;
  }

  #encode(rowsOfBatch: readonly (readonly number[])[]): Uint8Array {
    const rowCount = rowsOfBatch.reduce((sum, rows) => sum + rows.length, 0);
    if (rowCount === 0) return new Uint8Array(0);
    const columns: Record<string, SpillColumn> = {};
    for (const name of Object.keys(this.#buffered[0].batch)) {
      const pieces = this.#buffered.map(({ batch }) => batch[name]);
      columns[name] = gather(pieces, rowsOfBatch, rowCount);
    }
    return serialize(columns);
  }
}

/** The chosen rows of a column that comes in pieces. */
function gather(
  pieces: readonly SpillColumn[],
  rowsOfPiece: readonly (readonly number[])[],
  rowCount: number,
): SpillColumn {
  const sample = pieces.find((piece) => piece !== null);
  if (sample === undefined || sample === null) return null;
  const target = emptyLike(sample, rowCount) as unknown[];
  let at = 0;
  pieces.forEach((piece, index) => {
    for (const row of rowsOfPiece[index]) {
      if (piece !== null) target[at] = piece[row];
      at += 1;
    }
  });
  return target as unknown as SpillColumn;
}

function emptyLike(column: NonNullable<SpillColumn>, rowCount: number): unknown {
  if (column instanceof Float64Array) return new Float64Array(rowCount);
  if (column instanceof Int32Array) return new Int32Array(rowCount);
  if (column instanceof Uint8Array) return new Uint8Array(rowCount);
  if (column instanceof BigInt64Array) return new BigInt64Array(rowCount);
  return new Array<unknown>(rowCount).fill(null);
}
