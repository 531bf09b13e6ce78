import { randomBytes, randomInt } from 'node:crypto';
import type { Randomness } from '../ports/randomness.ts';

const STEPS = 2 ** 32;

/** The machine's randomness. The only place that draws from it. */
export class SystemRandomness implements Randomness {
  fraction(): number {
    return randomInt(STEPS) / STEPS;
  }

  id(): string {
    return randomBytes(8).toString('hex');
  }
}
