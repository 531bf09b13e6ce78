import { turnIfDue } from '../../../lambdas/shared/adapters/local/event-loop.ts';
import { LF } from '../../../lambdas/shared/bytes/bytes.ts';

/**
 * The line on which each offset stands, counted from 1: line ends are LF, those in quotes too.
 * `text` are the bytes in which the offsets count; it is read once, up to the last of them. An
 * offset behind its end has the number of its last line.
 */
export async function lineNumbers(
  text: AsyncIterable<Uint8Array>,
  offsets: readonly number[],
  signal?: AbortSignal,
): Promise<Map<number, number>> {
  const lines = new Map<number, number>();
  const wanted = [...new Set(offsets)].sort((a, b) => a - b);
  let next = 0;
  let line = 1;
  let pieceStart = 0;
  if (wanted.length === 0) return lines;
  for await (const piece of text) {
    signal?.throwIfAborted();
    let at = 0;
    while (next < wanted.length && wanted[next] <= pieceStart + piece.length) {
      const end = wanted[next] - pieceStart;
      line += lineEnds(piece, at, end);
      lines.set(wanted[next], line);
      at = end;
      next += 1;
    }
    if (next === wanted.length) return lines;
    line += lineEnds(piece, at, piece.length);
    pieceStart += piece.length;
    await turnIfDue();
  }
  for (const offset of wanted.slice(next)) lines.set(offset, line);
  return lines;
}

function lineEnds(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let at = bytes.indexOf(LF, start); at >= 0 && at < end; at = bytes.indexOf(LF, at + 1)) {
    count += 1;
  }
  return count;
}
