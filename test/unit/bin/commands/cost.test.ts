import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCliHere } from '../../../support/run-cli.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-cost-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const json = async (...args: readonly string[]) => {
  const { exitCode, out } = await runCliHere([...args, '--json']);
  return { exitCode, answer: JSON.parse(out) };
};

describe('plan', () => {
  it.each([
    ['100GB', 100e9],
    ['1.5 GB', 1.5e9],
    ['64GiB', 64 * 1024 ** 3],
    ['1048576', 1_048_576],
  ])('takes %s', async (text, bytes) => {
    const { answer } = await json('plan', '--bytes', text);
    expect(answer.input_bytes).toBe(bytes);
  });

  it('says chunks, buckets, time, cost, and when the prices were so', async () => {
    const { exitCode, answer } = await json('plan', '--bytes', '100GB');
    expect(exitCode).toBe(0);
    expect(answer).toMatchObject({
      chunks: 466,
      buckets: 187,
      ranges: 66,
      map_tasks: 466,
      limits: [
        { name: 'map_tasks', used: 466, limit: 8000, used_percent: 5.83 },
        { name: 'buckets', used: 187, limit: 4096, used_percent: 4.57 },
        { name: 'files', used: 94, limit: 1_613_758, used_percent: 0.01 },
        { name: 'plan_seconds', used: 1, limit: 900, used_percent: 0.11 },
        { name: 'largest_whole_file_bytes', used: 0, limit: 21.6e9, used_percent: 0 },
      ],
      wall_seconds: 60.7,
      cost: { step_functions: 0.03645, total: expect.closeTo(0.3133, 4) },
      files: null,
      max_parallel: 200,
      prices: { region: 'us-east-1', currency: 'USD' },
    });
    const { out } = await runCliHere(['plan', '--bytes', '100GB']);
    expect(out).toContain('map        466 chunks of up to 250.6 MB, in 466 steps\n');
    expect(out).toMatch(/\nsteps of the map state +466 +8,000 +5\.83 %\n/);
    expect(out).toContain(
      'time       about 61 s, 7 s of it waiting for S3’s request rates; functions run 84.4 min in total\n',
    );
    expect(out).toMatch(/\nprices of us-east-1 as of \d{4}-\d\d-\d\d, /);
  });

  it('plans the files of a landing folder', async () => {
    const { answer } = await json('plan', '--landing', 'data/sample');
    expect(answer).toMatchObject({ files: 2, chunks: 2, buckets: 1 });
  });

  it('fails when there is nothing to plan, or no plan that fits', async () => {
    const empty = await json('plan', '--landing', folder);
    expect(empty).toMatchObject({ exitCode: 1, answer: { error: { code: 'landing_empty' } } });
    const huge = await json('plan', '--bytes', '8TB');
    expect(huge).toMatchObject({ exitCode: 1, answer: { error: { code: 'does_not_fit' } } });
  });
});

describe('a limit that is near', () => {
  const planned = async (batchMemory: string) => {
    const config = join(folder, `memory-${batchMemory}.yaml`);
    writeFileSync(config, `aws: { batchMemory: ${batchMemory} }\n`);
    const { answer } = await json('plan', '--bytes', '700GB', '--config', config);
    return Object.fromEntries(
      answer.limits.map((one: { name: string; used_percent: number }) => [
        one.name,
        one.used_percent,
      ]),
    );
  };

  it('is named, and is far away again with more memory', async () => {
    expect((await planned('512MiB')).buckets).toBe(84.01);
    expect((await planned('2048MiB')).buckets).toBe(11.4);
  });
});

describe('cost', () => {
  it('is that of both doors, of an idle month and of a busy one', async () => {
    const { answer } = await json('cost');
    expect(answer.stream.total).toBeCloseTo(0.0542, 3);
    expect(answer.batch.cost.total).toBeCloseTo(0.0021, 4);
    expect(answer.idle_month.total).toBeCloseTo(64.41, 2);
    expect(answer.busy_month.total).toBeCloseTo(9.635, 3);
    expect(answer).toMatchObject({ orders: 1e6, bytes_per_order: 57, measured: null });
  });

  it('grows with the orders', async () => {
    const { answer } = await json('cost', '--orders', '10000000');
    expect(answer.stream.total).toBeCloseTo(0.542, 2);
  });

  it('goes by what a lake has counted', async () => {
    const lake = join(folder, 'lake');
    await runCliHere(['batch', '--landing', 'data/sample', '--lake', lake]);

    const { answer } = await json('cost', '--measured', '--lake', lake);

    expect(answer.measured.batch).toMatchObject({ input_bytes: 1349 });
    expect(answer.bytes_per_order).toBeCloseTo(1349 / answer.measured.batch.records, 2);
    expect(answer.measured.stream).toBeNull();
    const { out } = await runCliHere(['cost', '--measured', '--lake', lake]);
    expect(out).toMatch(/\nmeasured: run \S+ read \d+ records of [\d.]+ bytes \(1\.3 kB\)/);
  });

  it('fails when there is nothing to measure', async () => {
    const { exitCode, answer } = await json('cost', '--measured', '--lake', join(folder, 'none'));
    expect(exitCode).toBe(1);
    expect(answer.error.code).toBe('nothing_published');
  });
});
