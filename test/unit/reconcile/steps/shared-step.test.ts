import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { describe, expect, it } from 'vitest';
import { planShared } from '../../../../lambdas/reconcile/share/shared-comparison.ts';
import { workersFor } from '../../../../lambdas/reconcile/share/workers.ts';
import type { ReconcileHost } from '../../../../lambdas/reconcile/steps/reconcile-host.ts';
import { optionsOf } from '../../../../lambdas/reconcile/steps/reconcile-host.ts';
import { reconcileStep } from '../../../../lambdas/reconcile/steps/reconcile-step.ts';
import { type SharedInput, shareStep } from '../../../../lambdas/reconcile/steps/shared-step.ts';
import { DEFAULT_CONFIG } from '../../../../lambdas/shared/model/config.ts';
import type { EpochMs } from '../../../../lambdas/shared/model/time.ts';
import type { ObjectStore } from '../../../../lambdas/shared/ports/object-store.ts';
import { jsonBytes, parseJson } from '../../../../lambdas/shared/runtime/json.ts';
import { BATCH_CURRENT_KEY } from '../../../../lambdas/shared/state/batch-keys.ts';
import { readCurrentPointer } from '../../../../lambdas/shared/state/current-pointer.ts';
import { ComparisonWorkflow } from '../../../../lib/aws/constructs/comparison-workflow.ts';
import { keysOf } from '../../../support/batch-runs.ts';
import { aRecord, T0 } from '../../../support/lake-records.ts';
import { lakeOf } from '../../../support/reconcile-runs.ts';
import { type Definition, execute } from '../../../support/state-machine.ts';

const BATCH = Array.from({ length: 40 }, (_, index) => aRecord(`o${index}`));
const STREAM = BATCH.filter((_, index) => index % 5 !== 0);
const SIGNAL = new AbortController().signal;

let ids = 0;

function hostOf(lake: ObjectStore): ReconcileHost {
  return {
    lake,
    clock: { now: () => T0 as EpochMs, sleep: async () => undefined },
    randomness: { fraction: () => 0, id: () => String(ids++).padStart(16, '0') },
    config: DEFAULT_CONFIG,
    memoryBytes: 2 ** 30,
    codeVersion: '1',
  };
}

/** The state machine that is deployed. */
function definition(): Definition {
  const stack = new Stack(new App(), 'Test', { env: { account: '1', region: 'eu-west-1' } });
  const arn = 'arn:aws:lambda:eu-west-1:1:function:reconcile';
  const reconcile = LambdaFunction.fromFunctionArn(stack, 'reconcile', arn);
  new ComparisonWorkflow(stack, 'Compare', { reconcile, name: 'Test-compare', isTraced: true });
  const machines = Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine');
  const text = stack.resolve(Object.values(machines)[0].Properties.DefinitionString);
  return JSON.parse(typeof text === 'string' ? text : text['Fn::Join'][1].join('')) as Definition;
}

async function inputOf(host: ReconcileHost, workers: number): Promise<SharedInput> {
  const options = optionsOf(host, SIGNAL);
  const key = async (current: string) =>
    (await readCurrentPointer(host.lake, current))?.manifestKey ?? '';
  const keys = {
    batchKey: await key(BATCH_CURRENT_KEY),
    streamKey: await key('manifests/stream/CURRENT.json'),
  };
  const plan = await planShared(host.lake, options, keys, workers);
  const indexes = Array.from({ length: workers }, (_, worker) => worker);
  return { plan, attempt: options.attempt, workers: indexes };
}

/** Manifests that count so many records; the tables stay as they are. */
async function claimCounts(lake: ObjectStore, active: number): Promise<void> {
  for (const current of [BATCH_CURRENT_KEY, 'manifests/stream/CURRENT.json']) {
    const key = (await readCurrentPointer(lake, current))?.manifestKey ?? '';
    const manifest = parseJson<{ counts: object }>(await lake.get(key));
    const counts = { ...manifest.counts, active };
    await lake.put(key, jsonBytes({ ...manifest, counts }));
  }
}

describe('a comparison in a state machine', () => {
  it('tells what one function tells, and is remembered as such', async () => {
    const alone = await lakeOf({ batch: BATCH, stream: STREAM });
    const told = await reconcileStep(hostOf(alone));
    const lake = await lakeOf({ batch: BATCH, stream: STREAM });
    const host = hostOf(lake);

    const { status, output, visited } = await execute(
      definition(),
      await inputOf(host, 3),
      (_, payload) => shareStep(host, payload as never, SIGNAL),
    );

    expect({ status, output, visited }).toEqual({
      status: 'SUCCEEDED',
      output: told,
      visited: ['Deal', 'Match', 'Join'],
    });
    expect(told).toMatchObject({ status: 'differ', classes: { not_in_stream: 8 } });
    expect(await keysOf(lake, 'work/')).toEqual([]);
    expect(await reconcileStep(host, { onlyNew: true })).toMatchObject({ status: 'unchanged' });
  });

  it('fails when a share fails however often it is tried', async () => {
    const host = hostOf(await lakeOf({ batch: BATCH, stream: STREAM }));
    const execution = await execute(definition(), await inputOf(host, 3), async (_, payload) => {
      const event = payload as { stage: string; worker?: number };
      if (event.stage === 'match' && event.worker === 1) throw new Error('out of memory');
      return await shareStep(host, event as never, SIGNAL);
    });

    expect(execution.status).toBe('FAILED');
  });

  it('is started where there are more records than three shares hold', async () => {
    const lake = await lakeOf({ batch: BATCH, stream: STREAM });
    await claimCounts(lake, 30_000_001);
    const launched: [string, SharedInput][] = [];
    const launcher = {
      launch: async (name: string, input: SharedInput) => {
        launched.push([name, input]);
      },
    };

    const result = await reconcileStep(hostOf(lake), { onlyNew: true, launcher });

    expect(result).toMatchObject({ status: 'started', epoch: 1, workers: 4 });
    const [[name, input]] = launched;
    expect(name).toMatch(/^20260201T000000Z-0000000a-1-\d+$/);
    expect(name.length).toBeLessThanOrEqual(80);
    expect(input.workers).toEqual([0, 1, 2, 3]);
    // In a payload of 256 KiB it is next to nothing.
    expect(JSON.stringify(input).length).toBeLessThan(1_000);
  });

  it('is none where one function is enough', async () => {
    const lake = await lakeOf({ batch: BATCH, stream: STREAM });
    const launcher = { launch: () => Promise.reject(new Error('not to be started')) };

    expect(await reconcileStep(hostOf(lake), { launcher })).toMatchObject({ status: 'differ' });
  });

  it('has a worker for each 20 million records, and 40 at most', () => {
    expect([0, 1, 20e6, 20e6 + 1, 160e6, 1e12].map(workersFor)).toEqual([0, 1, 1, 2, 8, 40]);
  });
});
