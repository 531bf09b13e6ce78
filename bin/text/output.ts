import { turnIfDue } from '../../lambdas/shared/adapters/local/event-loop.ts';
import type { CommandContext } from '../base/command.ts';

/** Rows between two looks at the clock. */
const ROWS_PER_LOOK = 64;

/** Passes items on until the signal comes, and then throws its reason. */
export async function* untilAborted<Item>(
  items: AsyncIterable<Item>,
  signal: AbortSignal,
): AsyncGenerator<Item> {
  let count = 0;
  for await (const item of items) {
    count += 1;
    if (count % ROWS_PER_LOOK === 0) await turnIfDue();
    signal.throwIfAborted();
    yield item;
  }
}

/** Characters, about as many bytes, written at once. */
const PIECE_CHARACTERS = 64 * 1024;

/**
 * Writes text piece by piece, as fast as its reader takes it. Ends silently if the reader is gone.
 */
export async function writeText(
  pieces: AsyncIterable<string>,
  { io }: Pick<CommandContext, 'io'>,
): Promise<void> {
  let text = '';
  try {
    for await (const piece of pieces) {
      text += piece;
      if (text.length < PIECE_CHARACTERS) continue;
      const full = text;
      text = '';
      await io.writeOut(full);
      if (io.isOutClosed) return;
    }
  } finally {
    // If the text ends by an error, what came before it is still written.
    if (text !== '') await io.writeOut(text);
  }
}
