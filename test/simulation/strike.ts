import type { Operation, StepHook } from './scheduler.ts';
import { SimProcess } from './sim-process.ts';
import type { World } from './world.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** What happens to a process at one of its operations: before it, or between effect and answer. */
export function striker(world: World): StepHook {
  return (operation) => {
    const { actor } = operation;
    if (!(actor instanceof SimProcess)) return 'go';
    const { faults, scheduler } = world;
    const isBefore = faults.random.chance(0.5);
    const isHot = isHotSpot(world, operation) && faults.strikes('hot_spot');
    const kind = isHot ? faults.random.below(8) : -1;
    if (faults.strikes('clock_jump')) {
      actor.clockOffsetMs = (faults.random.between(0, 240) - 120) * MINUTE_MS;
    }
    if (faults.strikes('crash') || kind === 0) {
      if (isBefore) {
        scheduler.note(`${actor.name} crashes before ${operation.label}`);
        actor.kill();
        return 'gone';
      }
      behind(operation, () => {
        scheduler.note(`${actor.name} crashes after ${operation.label}`);
        actor.kill();
      });
    } else if (faults.strikes('zombie') || kind > 1) {
      const untilMs = scheduler.now() + (kind > 2 ? shortPauseMs(world) : pauseMs(world));
      const suspend = () => {
        scheduler.note(`${actor.name} hangs at ${operation.label}`);
        actor.suspendedUntilMs = untilMs;
        actor.hasHung = true;
      };
      if (isBefore) {
        suspend();
        return 'later';
      }
      behind(operation, suspend);
    } else if (faults.strikes('slow_answer') || kind > 0) {
      operation.readyAtMs = scheduler.now() + faults.random.below(SECOND_MS);
    } else if (operation.label.startsWith('transact put') && faults.strikes('partial_page')) {
      operation.readyAtMs = scheduler.now() + faults.random.below(SECOND_MS);
      actor.isHiding = true;
    }
    return 'go';
  };
}

const HOT_SPOTS = 16;

/** Calls fall into a few groups by their labels without numbers; one group is hot. */
function isHotSpot({ faults, settings, canary }: World, { label }: Operation): boolean {
  if (!faults.has('hot_spot') || faults.isStopped) return false;
  const { hotLabel } = canary;
  return groupOf(label) === (hotLabel === undefined ? settings.hotSpot : groupOf(hotLabel));
}

function groupOf(label: string): number {
  let hash = 0;
  for (let i = 0; i < label.length; i++) {
    const code = label.charCodeAt(i);
    const isDigit = (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66);
    if (!isDigit) hash = (Math.imul(hash, 31) + code) | 0;
  }
  return (hash >>> 0) % HOT_SPOTS;
}

function shortPauseMs({ faults: { random } }: World): number {
  return random.between(1, 120) * SECOND_MS;
}

function pauseMs({ faults: { random } }: World): number {
  return random.chance(0.7)
    ? random.between(1, 20) * MINUTE_MS
    : random.between(20, 240) * MINUTE_MS;
}

/** Something more happens right after the effect, before the answer. */
function behind(operation: Operation, then: () => void): void {
  const { effect } = operation;
  operation.effect = async () => {
    try {
      return await effect?.();
    } finally {
      then();
    }
  };
}
