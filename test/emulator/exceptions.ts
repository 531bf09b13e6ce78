import type { Exceptions } from '../contract/promises.ts';
import type { EmulatorName } from './running-emulator.ts';

export interface EmulatorExceptions {
  readonly objectStore: Exceptions;
  readonly stateStore: Exceptions;
  readonly eventStream: Exceptions;
}

/**
 * What the emulators do not do as AWS does, of what the ports promise. `docs/localstack.md` has the
 * same list.
 */
const EXCEPTIONS: Readonly<Record<EmulatorName, EmulatorExceptions>> = {
  ministack: { objectStore: {}, stateStore: {}, eventStream: {} },
  localstack: { objectStore: {}, stateStore: {}, eventStream: {} },
};

export function exceptionsOf(name: EmulatorName): EmulatorExceptions {
  return EXCEPTIONS[name];
}
