import { exceptionsOf } from '../exceptions.ts';
import { runningEmulator } from '../running-emulator.ts';
import { TRIED } from './runbook-chapters.ts';

/** What a chapter needs that not every emulator does, as `exceptions.ts` calls it. */
const NEEDS: Readonly<Record<string, string>> = {
  StarterErrors: 'a notification whose function failed comes again',
  ConsumerErrors: 'a record batch that fails is retried, or given up and redriven',
  RecordsExpire: 'a stack sets how long a stream keeps its records',
};

/** Chapters that cannot be followed on the emulator that runs. Says so, and why. */
export function leftOutOf(door: keyof typeof TRIED): ReadonlySet<string> {
  const { endToEnd } = exceptionsOf(runningEmulator().name);
  const leftOut = new Set<string>();
  for (const chapter of TRIED[door]) {
    const whyNot = endToEnd[NEEDS[chapter]];
    if (whyNot === undefined) continue;
    process.stderr.write(`left out, the chapter ${chapter}, ${NEEDS[chapter]}: ${whyNot}\n`);
    leftOut.add(chapter);
  }
  return leftOut;
}
