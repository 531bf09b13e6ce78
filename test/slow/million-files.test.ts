import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { measureProcess } from '../bench/harness/measured-process.ts';
import { STEP_LIMITS } from '../support/batch-steps.ts';

const FILES = 1_000_000;
const RUN_ID = '20260131T120000Z-00000000';
const NEXT_RUN_ID = '20260131T130000Z-00000001';

/** What the functions have on AWS; a tenth of it is left for the client of S3. */
const MEMORY_BYTES = STEP_LIMITS.functionMemoryBytes * 0.9;
const HEAP_MIB = Math.floor(MEMORY_BYTES / 1024 ** 2);

const folder = mkdtempSync(join(tmpdir(), 'tandem-million-files-'));
afterAll(() => rmSync(folder, { recursive: true }), 300_000);

interface StepOutput {
  readonly durationSec: number;
  readonly requests: { readonly list: number; readonly get: number };
  readonly answer: Readonly<Record<string, unknown>>;
}

/** One function of the state machine, as a process of its own. */
async function runStep(step: string, runId: string): Promise<StepOutput> {
  const program = ['test/slow/tiny-files-step.ts', step, String(FILES), folder, runId];
  const heap = `--max-old-space-size=${HEAP_MIB}`;
  const { usage, output } = await measureProcess([heap, ...program]);
  const { durationSec, requests, answer } = output as StepOutput;
  process.stdout.write(
    `${step}: ${durationSec.toFixed(1)} s, ${Math.round(usage.rssBytes / 1024 ** 2)} MiB\n`,
  );
  expect(usage.rssBytes).toBeLessThan(MEMORY_BYTES);
  return { durationSec, requests, answer };
}

describe('a million files of one order', { timeout: 3_600_000 }, () => {
  it('are planned, read and published by functions of AWS’s memory', async () => {
    const planned = await runStep('plan', RUN_ID);
    expect(planned.answer).toMatchObject({ status: 'planned', tasks: 415 });
    expect(planned.requests).toEqual({ list: 1_000, get: FILES });
    expect(planned.durationSec).toBeLessThan(STEP_LIMITS.timeLimitMs / 1000);
    await runStep('map', RUN_ID);
    await runStep('check', RUN_ID);
    await runStep('reduce', RUN_ID);
    await runStep('merge', RUN_ID);

    const { answer } = await runStep('publish', RUN_ID);
    expect(answer).toMatchObject({
      status: 'published',
      counts: { read: FILES, active: FILES },
      revenue: '1000000.00',
      warnings: [],
    });
  });

  it('are looked at no more by the run after', async () => {
    const { requests } = await runStep('plan', NEXT_RUN_ID);
    expect(requests).toEqual({ list: 1_000, get: 0 });
  });
});
