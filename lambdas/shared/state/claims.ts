import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { ByteDictionary } from '../bytes/byte-dictionary.ts';
import { copyBytes, viewOf } from '../bytes/bytes.ts';
import { TerminalError } from '../model/errors.ts';
import type { EpochMs } from '../model/time.ts';
import { NO_TIME } from '../rules/lateness.ts';

const INITIAL_CLAIMS = 1024;
/** Bytes of a claim in memory in addition to its id: time, hash, offset, two slots. */
const BYTES_PER_CLAIM = 24;

/**
 * The claimed order ids of a shard with their claim times (contract §4). The largest time of an id
 * counts.
 */
export class ClaimSet {
  #ids = new ByteDictionary();
  #timeMs = new Float64Array(INITIAL_CLAIMS);

  get size(): number {
    return this.#ids.size;
  }

  /** Bytes held, approximately. */
  get sizeBytes(): number {
    return this.#ids.heap.length + this.#timeMs.length * BYTES_PER_CLAIM;
  }

  /** `NO_TIME` where the id was never claimed. `hash` is that of `hashBytes`. */
  timeOf(view: DataView, start: number, end: number, hash?: number): EpochMs {
    const code = this.#ids.find(view, start, end, hash);
    return (code < 0 ? NO_TIME : this.#timeMs[code]) as EpochMs;
  }

  /**
   * Adds a claim; of an id claimed before the larger time counts. `hash` is that of `hashBytes`.
   */
  add(view: DataView, start: number, end: number, timeMs: number, hash?: number): void {
    const size = this.#ids.size;
    const code = this.#ids.codeOf(view, start, end, hash);
    if (code === size) {
      if (code === this.#timeMs.length) {
        const larger = new Float64Array(code * 2);
        larger.set(this.#timeMs);
        this.#timeMs = larger;
      }
      this.#timeMs[code] = timeMs;
    } else if (timeMs > this.#timeMs[code]) {
      this.#timeMs[code] = timeMs;
    }
  }

  /** Adds the claims of a log entry. */
  addEncoded(claims: Uint8Array): void {
    decodeClaims(claims, (view, start, end, timeMs) => this.add(view, start, end, timeMs));
  }

  /** Forgets claims that no record can meet any more: those at or below `expiredMs`. */
  forgetThrough(expiredMs: number): void {
    const { heap, offsets, size } = this.#ids;
    let expired = 0;
    for (let code = 0; code < size; code++) if (this.#timeMs[code] <= expiredMs) expired++;
    if (expired * 2 < size) return; // Copying the others pays only when few of them are left.
    const kept = new ByteDictionary();
    const timeMs = new Float64Array(Math.max(INITIAL_CLAIMS, (size - expired) * 2));
    const view = viewOf(heap);
    for (let code = 0; code < size; code++) {
      if (this.#timeMs[code] <= expiredMs) continue;
      const hash = this.#ids.hashAt(code);
      timeMs[kept.codeOf(view, offsets[code], offsets[code + 1], hash)] = this.#timeMs[code];
    }
    this.#ids = kept;
    this.#timeMs = timeMs;
  }
}

/** Claims of one log entry: id i is `ids[starts[i] … ends[i] - 1]`, at most 255 bytes. */
export interface ClaimList {
  readonly count: number;
  readonly ids: DataView;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly timeMs: Float64Array;
}

/** Most bytes of a claim before compression, in addition to its id: length and time. */
export const CLAIM_OVERHEAD_BYTES = 9;

/**
 * Packs claims for a log entry: their number, all ids' lengths, the ids, and the times as
 * differences, compressed by zstd. Values of one kind are kept together, so that they compress.
 */
export function encodeClaims({ count, ids, starts, ends, timeMs }: ClaimList): Uint8Array {
  let idBytes = 0;
  for (let i = 0; i < count; i++) idBytes += ends[i] - starts[i];
  const bytes = new Uint8Array(COUNT_BYTES + idBytes + count * CLAIM_OVERHEAD_BYTES);
  const view = viewOf(bytes);
  view.setUint32(0, count, true);
  let at = COUNT_BYTES;
  for (let i = 0; i < count; i++) bytes[at++] = ends[i] - starts[i];
  for (let i = 0; i < count; i++) {
    copyBytes(ids, starts[i], ends[i], view, at);
    at += ends[i] - starts[i];
  }
  let before = 0;
  for (let i = 0; i < count; i++) {
    at = writeSigned(bytes, at, timeMs[i] - before);
    before = timeMs[i];
  }
  return new Uint8Array(zstdCompressSync(bytes.subarray(0, at)));
}

/**
 * Calls `visit` for each claim, in order; the id is `[start, end)` of `view`. Throws
 * `TerminalError` `state_damaged` if `encodeClaims` did not make the bytes.
 */
export function decodeClaims(
  claims: Uint8Array,
  visit: (view: DataView, start: number, end: number, timeMs: number) => void,
): void {
  const bytes = unpacked(claims);
  const view = viewOf(bytes);
  if (bytes.length < COUNT_BYTES) throw damaged();
  const count = view.getUint32(0, true);
  let idAt = COUNT_BYTES + count;
  if (idAt > bytes.length) throw damaged();
  let timeAt = idAt;
  for (let i = 0; i < count; i++) timeAt += bytes[COUNT_BYTES + i];
  const cursor = { at: timeAt };
  let timeMs = 0;
  for (let i = 0; i < count; i++) {
    const end = idAt + bytes[COUNT_BYTES + i];
    timeMs += readSigned(bytes, cursor);
    visit(view, idAt, end, timeMs);
    idAt = end;
  }
  if (cursor.at !== bytes.length) throw damaged();
}

function unpacked(claims: Uint8Array): Uint8Array {
  try {
    return zstdDecompressSync(claims);
  } catch (cause) {
    throw damaged({ cause });
  }
}

function damaged(options?: ErrorOptions): TerminalError {
  const message = 'the claims of a log entry cannot be read; restore the state table';
  return new TerminalError('state_damaged', message, options);
}

const COUNT_BYTES = 4;

/** Seven bits a byte, low ones first, the sign in the lowest bit. Numbers up to 2^52. */
function writeSigned(bytes: Uint8Array, from: number, value: number): number {
  let rest = value < 0 ? -value * 2 - 1 : value * 2;
  let at = from;
  while (rest >= 128) {
    bytes[at++] = 128 + (rest % 128);
    rest = Math.floor(rest / 128);
  }
  bytes[at++] = rest;
  return at;
}

function readSigned(bytes: Uint8Array, cursor: { at: number }): number {
  let value = 0;
  let scale = 1;
  for (;;) {
    const byte = bytes[cursor.at++];
    if (byte === undefined) throw damaged();
    value += (byte % 128) * scale;
    if (byte < 128) break;
    scale *= 128;
  }
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
