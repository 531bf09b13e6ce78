import { grown } from './byte-dictionary.ts';
import { viewOf } from './bytes.ts';

/** Byte strings appended one after another. */
export class ByteHeap {
  bytes: Uint8Array;
  view: DataView;
  size = 0;

  /** Starts in `bytes`, and leaves it where that is too small. */
  constructor(bytes: Uint8Array = new Uint8Array(64 * 1024)) {
    this.bytes = bytes;
    this.view = viewOf(bytes);
  }

  /** Room for `more` bytes after `size`; the caller writes there and advances `size`. */
  reserve(more: number): Uint8Array {
    if (this.size + more > this.bytes.length) {
      this.bytes = grown(this.bytes, this.size + more);
      this.view = viewOf(this.bytes);
    }
    return this.bytes;
  }
}
