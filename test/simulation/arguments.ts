import { parseArgs } from 'node:util';
import { type CanaryName, isCanaryName } from './canary-list.ts';
import { type FaultName, isFaultName } from './faults.ts';

export interface SimulationArguments {
  /** The first seed; the others follow it. */
  readonly seed: number;
  readonly seedCount: number;
  /** Null: those that each seed draws. */
  readonly faults: readonly FaultName[] | null;
  readonly canary: CanaryName | null;
  readonly workers: number;
}

const WORKERS_MAX = 16;

/** Throws `RangeError` for what cannot be meant. A run without a seed begins with 1. */
export function parseSimulationArguments(args: readonly string[]): SimulationArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string' },
      seeds: { type: 'string' },
      faults: { type: 'string' },
      canary: { type: 'string' },
      workers: { type: 'string', default: '1' },
    },
  });
  const faults = values.faults?.split(',').filter((name) => name !== '') ?? null;
  const unknown = faults?.find((name) => !isFaultName(name));
  if (unknown !== undefined) throw new RangeError(`no fault is named ${unknown}`);
  const { canary = null } = values;
  if (canary !== null && !isCanaryName(canary))
    throw new RangeError(`no canary is named ${canary}`);
  return {
    seed: wholeNumber('seed', values.seed ?? '1'),
    seedCount: wholeNumber('seeds', values.seeds ?? '1'),
    faults: faults as readonly FaultName[] | null,
    canary,
    workers: Math.min(WORKERS_MAX, wholeNumber('workers', values.workers)),
  };
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value > 0) return value;
  throw new RangeError(`--${name} ${text}: expected a whole number above 0`);
}
