import { checkAfterMap } from '../../lambdas/batch/check-chunks/check-step.ts';
import { createMapStep } from '../../lambdas/batch/map-chunk/map-step.ts';
import { createMergeStep } from '../../lambdas/batch/merge-aggregates/merge-step.ts';
import { planStep } from '../../lambdas/batch/plan-run/plan-step.ts';
import { publishStep } from '../../lambdas/batch/publish-run/publish-step.ts';
import { createReduceStep } from '../../lambdas/batch/reduce-bucket/reduce-step.ts';
import { indexes } from '../../lambdas/batch/run/run-files.ts';
import { readHeader } from '../../lambdas/batch/run/stored-plan.ts';
import { FileObjectStore } from '../../lambdas/shared/adapters/local/file-object-store.ts';
import { configOf } from '../support/batch-runs.ts';
import { batchHost, STEP_LIMITS } from '../support/batch-steps.ts';
import { TinyFiles } from '../support/tiny-files.ts';

/**
 * One function of the state machine in a process of its own, over so many tiny files: `node
 * test/slow/tiny-files-step.ts <step> <files> <lake folder> <run id>`. Prints what it took.
 */
const [step, files, folder, runId] = process.argv.slice(2);
const landing = new TinyFiles(Number(files));
const lake = new FileObjectStore(folder);
const host = batchHost({ landing, lake }, configOf());
const HELD_BYTES = STEP_LIMITS.functionMemoryBytes * 0.15;

async function runStep(): Promise<unknown> {
  switch (step) {
    case 'plan': {
      const createdAt = '2026-01-31T12:00:00.000Z';
      const { tasks, ...planned } = await planStep(host, STEP_LIMITS, { runId, createdAt });
      return { ...planned, tasks: tasks.length };
    }
    case 'map': {
      const { taskCount } = await readHeader(lake, runId);
      const map = createMapStep(host, HELD_BYTES);
      for (const taskIndex of indexes(taskCount)) await map({ runId, taskIndex });
      return { taskCount };
    }
    case 'check':
      return await checkAfterMap(host, { stage: 'map', runId, round: 0 });
    case 'reduce': {
      const { bucketCount } = await readHeader(lake, runId);
      const reduce = createReduceStep(host, HELD_BYTES);
      for (const bucketIndex of indexes(bucketCount)) await reduce({ runId, bucketIndex });
      return await checkAfterMap(host, { stage: 'reduce', runId });
    }
    case 'merge': {
      const { rangeCount } = await readHeader(lake, runId);
      const merge = createMergeStep(host);
      for (const rangeIndex of indexes(rangeCount)) await merge({ runId, rangeIndex });
      return {};
    }
    case 'publish':
      return await publishStep(host, { runId });
    default:
      throw new Error(`no step ${step}`);
  }
}

const startedAtMs = performance.now();
const answer = await runStep();
const durationSec = (performance.now() - startedAtMs) / 1000;
const { requests } = landing;
process.stdout.write(`${JSON.stringify({ durationSec, requests, answer })}\n`);
