import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAILED_BATCHES } from '../../../lambdas/stream/consume/count-messages.ts';
import { keysOf } from '../../support/batch-runs.ts';
import { runCliHere } from '../../support/run-cli.ts';
import { type Deployed, eventually } from '../deployment.ts';
import { TestStacks } from './deployed.ts';

const ORDERS = '500';

const stacks = new TestStacks('TandemCommands');
let world: Deployed;
let folder: string;
let landing: string;
/** Records of the generated file: some orders are sent twice. */
let records: number;

/** As a script would call it; the answer is the one JSON object that comes. */
async function tandem(...args: readonly string[]) {
  const { exitCode, out, err } = await runCliHere([
    ...args,
    '--config',
    stacks.configFile,
    '--json',
  ]);
  return { exitCode, err, answer: JSON.parse(out) };
}

async function onAws(...args: readonly string[]) {
  return await tandem(...args, '--target', 'aws');
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-cli-'));
  landing = join(folder, 'landing');
  world = await stacks.deploy();
  const { answer } = await tandem('generate', '--out', landing, '--orders', ORDERS);
  records = answer.rows;
}, 300_000);

afterAll(async () => {
  rmSync(folder, { recursive: true });
  for (const bucket of [world.landing, world.lake, world.failures]) {
    await bucket.delete(await keysOf(bucket));
  }
  await stacks.destroy();
}, 120_000);

// In order: later commands show what earlier ones did.
describe('the command line on a deployment', () => {
  it('says that there is none under another name', async () => {
    const config = join(folder, 'other.yaml');
    writeFileSync(config, 'aws:\n  stackPrefix: TandemNone\n');
    const args = ['status', '--target', 'aws', '--json', '--config', config];
    const { exitCode, out } = await runCliHere(args);
    expect(exitCode).toBe(1);
    expect(JSON.parse(out).error).toMatchObject({
      code: 'not_deployed',
      message: expect.stringMatching(/^no stack TandemNoneStorage at http:/),
    });
  });

  it('refuses an upload with a file that batch would reject, and sends nothing', async () => {
    const bad = join(folder, 'bad.csv');
    writeFileSync(bad, 'no,header\n1,2\n');
    const { exitCode, answer } = await tandem('upload', landing, bad);
    expect(exitCode).toBe(1);
    expect(answer.error.code).toBe('file_rejected');
    expect(await keysOf(world.landing)).toEqual([]);
  });

  it('uploads, and waits for the tables that a run on this machine makes', async () => {
    const { exitCode, answer } = await tandem('upload', landing, '--wait');

    expect(exitCode).toBe(0);
    const files = answer.files as { key: string; status: string }[];
    expect(files.map(({ key, status }) => `${key} ${status}`)).toEqual([
      'customers/customers.csv uploaded',
      'orders/part-00001.csv uploaded',
      'products/products.csv uploaded',
    ]);
    const here = await tandem('batch', '--landing', landing, '--lake', join(folder, 'lake'));
    const { counts, issues, revenue, status } = here.answer;
    expect(answer.run).toMatchObject({ counts, issues, revenue, status });
    expect(counts.read).toBe(records);
  });

  it('passes over what is there, and shows the run that has read it', async () => {
    const { answer } = await tandem('upload', landing, '--wait');
    expect(answer.sent_bytes).toBe(0);
    expect(answer.run.counts.read).toBe(records);
    const { batch } = (await onAws('status')).answer;
    expect(batch.current.run_id).toBe(answer.run.run_id);
    expect(batch.kept).toEqual([]);
  });

  it('starts a run that was asked for', async () => {
    const { exitCode, answer } = await onAws('batch');
    expect(exitCode).toBe(0);
    const { runs, batch } = (await onAws('status')).answer;
    expect(runs.map(({ run_id }: { run_id: string }) => run_id)).toContain(answer.run_id);
    expect(batch.current.run_id).toBe(answer.run_id);
  });

  it('produces, and shows in the status what was consumed', async () => {
    const [name] = readdirSync(join(landing, 'orders'));
    const { exitCode, answer } = await onAws('produce', join(landing, 'orders', name));
    expect(exitCode).toBe(0);
    expect(answer).toMatchObject({ records, shards: 2, skipped_records: 0 });

    const shards = await eventually('all is consumed', async () => {
      const { stream } = (await onAws('status')).answer;
      const found = stream.shards as { counts: { read: number }; unread_records: number | null }[];
      return found.reduce((sum, { counts }) => sum + counts.read, 0) === records ? found : null;
    });

    expect(shards.map(({ unread_records }) => unread_records)).toEqual([0, 0]);
  });

  it('drains: no window stays open', async () => {
    const { exitCode, answer } = await onAws('drain');
    expect(exitCode).toBe(0);
    expect(answer.counts.read).toBe(records);
    expect(answer.drained_to).toBe(answer.watermark);
    const { stream } = (await onAws('status')).answer;
    expect(stream).toMatchObject({ begun: true, differences: [], open_windows: 0 });
  });

  it('reconciles the two doors', async () => {
    const { exitCode, answer } = await onAws('reconcile');
    expect([exitCode, answer.agree, answer.unexplained]).toEqual([0, true, 0]);
    expect(await world.lake.head(answer.differences)).not.toBeNull();
  });

  it('shows rows and the addresses of files', async () => {
    const { answer } = await onAws('show', 'top_products', '--of', 'stream');
    expect(answer.rows).toHaveLength(10);
    const { files } = (await onAws('show', 'orders', '--files')).answer;
    expect(files[0]).toMatch(new RegExp(`^s3://${world.lake.bucket}/tables/batch/orders/run=`));
  });

  it('redrives what was given up: each record once, and the message goes', async () => {
    const [{ shardId }] = await world.stream.listShards();
    const { records: found } = await world.stream.read(shardId, { kind: 'start' }, 5);
    const message = {
      KinesisBatchInfo: {
        shardId,
        startSequenceNumber: found[0].sequenceNumber,
        endSequenceNumber: found[4].sequenceNumber,
        approximateArrivalOfFirstRecord: new Date(found[0].arrivalTimeMs).toISOString(),
      },
    };
    const key = `${FAILED_BATCHES}consumer/${shardId}/one`;
    await world.failures.put(key, Buffer.from(JSON.stringify(message)));
    expect((await onAws('status')).answer.given_up_batches).toBe(1);

    const dry = await onAws('redrive', '--dry-run');
    const real = await onAws('redrive');

    // Its records are in the log already, so that none of them counts again.
    const batches = [{ message: key, shard: shardId, status: 'nothing_to_do', consumed_before: 5 }];
    expect(dry.answer).toMatchObject({ dry_run: true, redriven: 0, batches });
    expect(real).toMatchObject({ exitCode: 0, answer: { dry_run: false, redriven: 0, batches } });
    expect(await keysOf(world.failures)).toEqual([]);
  });

  it('says on one screen why the last run failed, and forgets it after a good one', async () => {
    const bad = 'customers/bad.csv';
    await world.landing.put(bad, Buffer.from('name\nx\n'));
    expect((await onAws('batch')).exitCode).toBe(1);

    // The upload may have started a run of its own, after the one that was asked for.
    const answer = await eventually('no run is under way', async () => {
      const { answer } = await onAws('status');
      const isRunning = answer.runs.some(({ status }: { status: string }) => status === 'running');
      return answer.run_pending || isRunning ? null : answer;
    });

    const failure = { code: 'dimension_rejected', message: expect.stringContaining(bad) };
    expect(answer).toMatchObject({
      verdict: 'trouble',
      alarms: { status: 'absent' },
      versions: { same_config: true },
      dead_letters: 0,
    });
    expect(answer.runs[0]).toMatchObject({ status: 'failed', failure });
    const args = ['status', '--target', 'aws', '--config', stacks.configFile];
    const { out } = await runCliHere(args);
    expect(out).toMatch(/^1 problem\n1\. batch run \S+ failed.*dimension_rejected: /);
    await world.landing.delete([bad]);
    expect((await onAws('batch')).exitCode).toBe(0);
    expect((await onAws('status')).answer).toMatchObject({ verdict: 'well', troubles: [] });
  });

  it('takes a person out of all that both doors have published', async () => {
    const key = 'customers/customers.csv';
    const known = (await onAws('show', 'orders', '--of', 'stream')).answer.rows as {
      readonly customer_id: string;
      readonly customer_email: string | null;
    }[];
    const row = known.find(({ customer_email }) => customer_email !== null);
    const { customer_id: id = '', customer_email: email = '' } = row ?? {};
    const who = ['--customer', id];
    expect((await onAws('erase', ...who)).answer.error.code).toBe('customer_not_erased');
    const lines = Buffer.from(await world.landing.get(key))
      .toString()
      .split('\n');
    const erased = lines.map((line) => (line.startsWith(`${id},`) ? `${id},,,,` : line));
    await world.landing.put(key, Buffer.from(erased.join('\n')));
    const { revenue } = (await onAws('status')).answer.stream;

    const dry = (await onAws('erase', ...who, '--dry-run')).answer;
    const done = (await onAws('erase', ...who)).answer;
    expect((await onAws('batch')).exitCode).toBe(0);

    expect(dry.rows).toBeGreaterThan(0);
    expect(done).toMatchObject({ rows: dry.rows, replaced_plan: true });
    for (const door of ['batch', 'stream']) {
      const where = ['--where', `customer_id=${id}`, '--of', door];
      const { rows } = (await onAws('show', 'orders', ...where)).answer;
      expect(rows.length).toBeGreaterThan(0);
      expect(JSON.stringify(rows)).not.toContain(email);
    }
    expect((await onAws('verify')).exitCode).toBe(0);
    expect((await onAws('status')).answer.stream.revenue).toBe(revenue);
    expect((await onAws('erase', ...who, '--dry-run')).answer).toMatchObject({
      rows: 0,
      removed: { order_files: [], dimension_copies: [], reports: [] },
    });
  }, 180_000);

  it('plans and costs by what lies there', async () => {
    const plan = await onAws('plan');
    expect(plan.answer).toMatchObject({ files: 1, buckets: 1 });
    const cost = await onAws('cost', '--measured');
    expect(cost.answer.measured).toMatchObject({ batch: { records }, stream: { records } });
  });
});
