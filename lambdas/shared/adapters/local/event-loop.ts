import { setImmediate as nextTurn } from 'node:timers/promises';

/** So long a signal, a timer or a redrawing may have to wait. */
const TURN_EVERY_MS = 20;

let turnedAtMs = performance.now();

/**
 * Lets the event loop turn where it has not for a while. Files are read without a pause, and
 * promises alone never make one: without this nobody would hear a ctrl-C before the last row.
 */
export async function turnIfDue(): Promise<void> {
  if (performance.now() - turnedAtMs < TURN_EVERY_MS) return;
  await nextTurn();
  turnedAtMs = performance.now();
}
