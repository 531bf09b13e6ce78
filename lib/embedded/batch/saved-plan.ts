import { readFileSync } from 'node:fs';
import type { BatchPlan } from '../../../lambdas/batch/batch-plan.ts';
import { TerminalError } from '../../../lambdas/shared/runtime/errors.ts';

/**
 * The plan of this run, cut as another run was: chunks, buckets, ranges and waves come from its
 * plan file, so that the same input gives the same files, byte for byte. Throws `TerminalError`:
 * `plan_unreadable`; `plan_mismatch` where the inputs are others.
 */
export function withSavedCuts(plan: BatchPlan, file: string): BatchPlan {
  const saved = readPlan(file);
  const describe = (inputs: BatchPlan['inputs']) =>
    inputs.map(({ key, sizeBytes }) => `${key} (${sizeBytes} bytes)`).join(', ');
  if (describe(saved.inputs) !== describe(plan.inputs)) {
    const message =
      `${file} was made for ${describe(saved.inputs)}, ` +
      `but the landing zone has ${describe(plan.inputs)}; run without --plan`;
    throw new TerminalError('plan_mismatch', message);
  }
  const { chunks, bucketCount, rangeCount, waveBytes } = saved;
  return { ...plan, chunks, bucketCount, rangeCount, waveBytes };
}

function readPlan(file: string): BatchPlan {
  let plan: Partial<BatchPlan>;
  try {
    plan = JSON.parse(readFileSync(file, 'utf8')) as Partial<BatchPlan>;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TerminalError('plan_unreadable', `${file}: ${reason}`, { cause });
  }
  const isPlan =
    plan.planFormat === 2 &&
    Array.isArray(plan.inputs) &&
    Array.isArray(plan.chunks) &&
    Number.isInteger(plan.bucketCount) &&
    Number.isInteger(plan.rangeCount) &&
    Number.isInteger(plan.waveBytes);
  if (!isPlan) {
    const message = `${file} is no plan of this version (state/batch/plans/<runId>.json is one)`;
    throw new TerminalError('plan_unreadable', message);
  }
  return plan as BatchPlan;
}
