import { assert } from '../../shared/model/errors.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import type { SliceRef } from './slice-ref.ts';
import type { StoredExtent } from './stored-exchange.ts';

/** A extent that is larger is read in pieces; one slice is never cut. */
const PIECE_BYTES = 16 * 1024 * 1024;

/** On their way ahead of the piece that is read: so many, and at most so many bytes. */
const AHEAD_PIECES = 16;
const AHEAD_BYTES = 64 * 1024 * 1024;

/** Consecutive slices of an extent, read by one request. */
interface Piece {
  readonly key: string;
  readonly startByte: number;
  readonly sizeBytes: number;
}

/** An extent with the source of each slice: null where one is not wanted. */
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
  /** The piece of the last slice: slices are fetched in order. */
  #current: { readonly index: number; readonly bytes: Uint8Array } = {
    index: -1,
    bytes: new Uint8Array(0),
  };

  constructor(lake: ObjectStore, extents: readonly NamedExtent[]) {
    this.#lake = lake;
    const pieces: Piece[] = [];
    this.refs = extents.flatMap((extent) => this.#cut(extent, pieces));
    this.#pieces = pieces;
  }

  /** A slice that stands at `start` of a piece; undefined if it could be copied at once. */
  fetch(pieceIndex: number, start: number, target: Uint8Array): Promise<void> | undefined {
    if (this.#current.index !== pieceIndex) return this.#fetchFirst(pieceIndex, start, target);
    target.set(this.#current.bytes.subarray(start, start + target.length));
    return undefined;
  }

  /** Of a piece that is not at hand; the one before it is let go of. */
  async #fetchFirst(pieceIndex: number, start: number, target: Uint8Array): Promise<void> {
    const bytes = await this.#piece(pieceIndex);
    this.#fetched.delete(pieceIndex);
    this.#current = { index: pieceIndex, bytes };
    target.set(bytes.subarray(start, start + target.length));
  }

  /** Adds the pieces of an extent. Each begins and ends with a slice that is wanted. */
  #cut({ extent, sources }: NamedExtent, pieces: Piece[]): SliceRef[] {
    const { key, startByte, sliceBytes } = extent;
    const refs: SliceRef[] = [];
    let piece: (Piece & { sizeBytes: number }) | null = null;
    let at = startByte;
    for (const [index, sizeBytes] of sliceBytes.entries()) {
      const sourceIndex = sources[index];
      const end = at + sizeBytes;
      if (sourceIndex !== null) {
        if (piece === null || end - piece.startByte > PIECE_BYTES) {
          piece = { key, startByte: at, sizeBytes: 0 };
          pieces.push(piece);
        }
        const place = { piece: pieces.length - 1, start: at - piece.startByte };
        refs.push(new StoredSlice(this, place, { sourceIndex, sizeBytes }));
        piece.sizeBytes = end - piece.startByte;
      }
      at = end;
    }
    return refs;
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

/** A class, as there may be a million: a closure for each takes three times the memory. */
class StoredSlice implements SliceRef {
  readonly sourceIndex: number;
  readonly sizeBytes: number;
  readonly #slices: StoredSlices;
  readonly #piece: number;
  readonly #start: number;

  constructor(
    slices: StoredSlices,
    { piece, start }: { readonly piece: number; readonly start: number },
    { sourceIndex, sizeBytes }: Pick<SliceRef, 'sourceIndex' | 'sizeBytes'>,
  ) {
    this.sourceIndex = sourceIndex;
    this.sizeBytes = sizeBytes;
    this.#slices = slices;
    this.#piece = piece;
    this.#start = start;
  }

  get inMemory(): null {
    return null;
  }

  fetch(target: Uint8Array): Promise<void> | undefined {
    return this.#slices.fetch(this.#piece, this.#start, target);
  }
}
