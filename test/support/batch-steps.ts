import { checkAfterMap } from '../../lambdas/batch/check-chunks/check-step.ts';
import { endStep } from '../../lambdas/batch/end-run/end-step.ts';
import { createMapStep } from '../../lambdas/batch/map-chunk/map-step.ts';
import { createMergeStep } from '../../lambdas/batch/merge-aggregates/merge-step.ts';
import { planStep } from '../../lambdas/batch/plan-run/plan-step.ts';
import { publishStep } from '../../lambdas/batch/publish-run/publish-step.ts';
import { createReduceStep } from '../../lambdas/batch/reduce-bucket/reduce-step.ts';
import type { BatchHost } from '../../lambdas/batch/run/batch-host.ts';
import type { Config } from '../../lambdas/shared/model/config.ts';
import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';
import { batchDefinition, type StepName, stepOf } from './batch-workflow.ts';
import { VirtualClock } from './memory/virtual-clock.ts';
import { type Execution, execute } from './state-machine.ts';

const MIB = 1024 * 1024;

/** Two blocks at most in a group of the exchange. */
const HELD_BYTES = 4_000;

export const STEP_LIMITS = { functionMemoryBytes: 1_769 * MIB, timeLimitMs: 900_000 };

export function batchHost(
  stores: { readonly landing: ObjectStore; readonly lake: ObjectStore },
  config: Config,
): BatchHost {
  const clock = new VirtualClock(Date.UTC(2026, 0, 31, 12));
  return { ...stores, config, clock, codeVersion: '0.0.0', landingName: 'the landing zone' };
}

export type Step = (event: unknown) => Promise<unknown>;

/** The functions of the state machine, as their handlers make them. */
export function batchSteps(host: BatchHost, heldBytes = HELD_BYTES): Record<StepName, Step> {
  return {
    planRun: (event) => planStep(host, STEP_LIMITS, event as never),
    mapChunk: createMapStep(host, heldBytes) as Step,
    checkChunks: (event) => checkAfterMap(host, event as never),
    reduceBucket: createReduceStep(host, heldBytes) as Step,
    mergeAggregates: createMergeStep(host) as Step,
    publishRun: (event) => publishStep(host, event as never),
    endRun: (event) => endStep(host, event as never),
    startRun: async () => ({}),
  };
}

/** Walks the deployed definition, with these functions behind it. */
export async function executeBatch(
  steps: Record<StepName, Step>,
  runId: string,
  fromRaw?: { readonly consumer: string },
): Promise<Execution> {
  const createdAt = '2026-01-31T12:00:00.000Z';
  const input = { runId, createdAt, ...(fromRaw === undefined ? {} : { fromRaw }) };
  return await execute(batchDefinition(), input, (resource, payload) =>
    steps[stepOf(resource)](payload),
  );
}
