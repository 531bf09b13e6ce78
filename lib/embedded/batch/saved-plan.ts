import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  type BatchPlan,
  type PlannedInput,
  planKey,
} from '../../../lambdas/batch/run/batch-plan.ts';
import { headerOf, wholePlan } from '../../../lambdas/batch/run/stored-plan.ts';
import { TerminalError } from '../../../lambdas/shared/model/errors.ts';

/** Inputs that a message names. */
const MAX_NAMED = 20;

/**
 * This run's plan with the cuts of another run's plan file: chunks, buckets, ranges and waves, so
 * that the same input gives the same files, byte for byte. Throws `TerminalError`:
 * `plan_unreadable`; `plan_mismatch` if the inputs differ.
 */
export async function withSavedCuts(plan: BatchPlan, file: string): Promise<BatchPlan> {
  const saved = await readPlan(file);
  const describe = (inputs: BatchPlan['inputs']) =>
    inputs
      .slice(0, MAX_NAMED)
      .map(({ key, sizeBytes }) => `${key} (${sizeBytes} bytes)`)
      .join(', ') + (inputs.length > MAX_NAMED ? ` and ${inputs.length - MAX_NAMED} more` : '');
  if (!haveSameInputs(saved, plan)) {
    const message =
      `${file} was made for ${describe(saved.inputs)}, ` +
      `but landing has ${describe(plan.inputs)}; run without --plan`;
    throw new TerminalError('plan_mismatch', message);
  }
  const { chunks, bucketCount, rangeCount, waveBytes } = saved;
  return { ...plan, chunks, bucketCount, rangeCount, waveBytes };
}

function haveSameInputs({ inputs: a }: BatchPlan, { inputs: b }: BatchPlan): boolean {
  const isSame = ({ key, sizeBytes }: PlannedInput, index: number) =>
    key === b[index].key && sizeBytes === b[index].sizeBytes;
  return a.length === b.length && a.every(isSame);
}

/** The parts of a large plan are in a folder of its name, next to it. */
async function readPlan(file: string): Promise<BatchPlan> {
  try {
    const header = headerOf(JSON.parse(await readFile(file, 'utf8')));
    const folder = dirname(file);
    const plan = await wholePlan(header, async (key) => {
      const place = key.slice(planKey('').lastIndexOf('/') + 1);
      return await readFile(join(folder, place));
    });
    if (isPlan(plan)) return plan;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TerminalError('plan_unreadable', `${file}: ${reason}`, { cause });
  }
  const message = `${file} is not a plan of this version; use state/batch/plans/<runId>.json of the lake`;
  throw new TerminalError('plan_unreadable', message);
}

/** Plans of format 2 say the same, in one object. */
function isPlan(plan: Partial<Omit<BatchPlan, 'planFormat'>> & { planFormat?: number }): boolean {
  return (
    (plan.planFormat === 3 || plan.planFormat === 2) &&
    Array.isArray(plan.inputs) &&
    Array.isArray(plan.chunks) &&
    Number.isInteger(plan.bucketCount) &&
    Number.isInteger(plan.rangeCount) &&
    Number.isInteger(plan.waveBytes)
  );
}
