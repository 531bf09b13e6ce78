import { assert } from '../../shared/model/errors.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import type { SliceRef } from './slice-ref.ts';
import type { StoredExtent } from './stored-exchange.ts';

/** A extent that is larger is read in pieces; one slice is never cut. */
const PIECE_BYTES = 16 * 1024 * 1024;

/** On their way ahead of the piece that is read: so many, and at most so many bytes. */
const AHEAD_PIECES = 16;
const AHEAD_BYTES = 64 * 1024 * 1024;

/** Consecutive slices of a extent, read by one request. */
interface Piece {
  readonly key: string;
  readonly startByte: number;
  readonly sizeBytes: number;
  readonly slices: readonly {
    /** In the piece. */
    readonly start: number;
    readonly sizeBytes: number;
    readonly sourceIndex: number;
  }[];
}

/** A extent with the source of each slice: null where one is not wanted. */
export interface NamedExtent {
  readonly extent: StoredExtent;
  readonly sources: readonly (number | null)[];
}

/**
 * Slices of many objects in the order in which they are read. Whoever fetches one has the next
 * pieces on their way: requests to a store wait far longer than they transfer.
 */
export class StoredSlices {
  readonly refs: readonly SliceRef[];
  readonly #lake: ObjectStore;
  readonly #pieces: readonly Piece[];
  readonly #fetched = new Map<number, Promise<Uint8Array>>();

  constructor(lake: ObjectStore, extents: readonly NamedExtent[]) {
    this.#lake = lake;
    this.#pieces = extents.flatMap(piecesOf);
    this.refs = this.#pieces.flatMap((piece, index) => this.#slicesOf(piece, index));
  }

  #slicesOf({ slices }: Piece, pieceIndex: number): SliceRef[] {
    return slices.map(({ start, sizeBytes, sourceIndex }, index) => {
      const isLast = index === slices.length - 1;
      const fetch = async (target: Uint8Array) => {
        const bytes = await this.#piece(pieceIndex);
        target.set(bytes.subarray(start, start + sizeBytes));
        if (isLast) this.#fetched.delete(pieceIndex);
      };
      return { sourceIndex, sizeBytes, inMemory: null, fetch };
    });
  }

  async #piece(pieceIndex: number): Promise<Uint8Array> {
    let aheadBytes = 0;
    const end = Math.min(pieceIndex + AHEAD_PIECES, this.#pieces.length);
    for (let index = pieceIndex; index < end; index++) {
      aheadBytes += this.#pieces[index].sizeBytes;
      if (index > pieceIndex && aheadBytes > AHEAD_BYTES) break;
      if (this.#fetched.has(index)) continue;
      const fetching = this.#fetch(this.#pieces[index]);
      fetching.catch(() => undefined); // Whoever awaits it has the error.
      this.#fetched.set(index, fetching);
    }
    return await (this.#fetched.get(pieceIndex) as Promise<Uint8Array>);
  }

  async #fetch({ key, startByte, sizeBytes }: Piece): Promise<Uint8Array> {
    if (sizeBytes === 0) return new Uint8Array(0);
    const bytes = await this.#lake.get(key, {
      range: { startByte, endByte: startByte + sizeBytes },
    });
    assert(bytes.length === sizeBytes, `${key} holds whole slices`);
    return bytes;
  }
}

/** Begins and ends each piece with a slice that is wanted. */
function piecesOf({ extent, sources }: NamedExtent): Piece[] {
  const { key, startByte, sliceBytes } = extent;
  const pieces: (Piece & { sizeBytes: number; slices: Piece['slices'][number][] })[] = [];
  let at = startByte;
  sliceBytes.forEach((sizeBytes, index) => {
    const sourceIndex = sources[index];
    const end = at + sizeBytes;
    if (sourceIndex !== null) {
      let piece = pieces.at(-1);
      if (piece === undefined || end - piece.startByte > PIECE_BYTES) {
        piece = { key, startByte: at, sizeBytes: 0, slices: [] };
        pieces.push(piece);
      }
      piece.slices.push({ start: at - piece.startByte, sizeBytes, sourceIndex });
      piece.sizeBytes = end - piece.startByte;
    }
    at = end;
  });
  return pieces;
}
