import { setImmediate as nextTurn } from 'node:timers/promises';

/** Longest time that a signal, a timer or a redraw may have to wait. */
const TURN_EVERY_MS = 20;

let turnedAtMs = performance.now();

/**
 * Yields to the event loop if it has not turned for a while. Files are read synchronously and
 * promises alone never yield, so without this a ctrl-C would wait for the last row.
 */
export async function turnIfDue(): Promise<void> {
  if (performance.now() - turnedAtMs < TURN_EVERY_MS) return;
  await nextTurn();
  turnedAtMs = performance.now();
}
