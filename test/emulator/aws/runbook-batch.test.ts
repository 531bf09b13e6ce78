import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WarningCode } from '../../../lambdas/shared/model/warning.ts';
import { keysOf, ordersCsv } from '../../support/batch-runs.ts';
import { currentOf, orderLine } from '../../support/small-landing.ts';
import { eventually } from '../deployment.ts';
import { FunctionFault, mappingOf, NO_TABLE } from './function-fault.ts';
import { countsOf, sendTo, setHiddenSec } from './queues.ts';
import { TRIED } from './runbook-chapters.ts';
import { leftOutOf } from './runbook-left-out.ts';
import { badLine, PRODUCTS, WARNED } from './runbook-warnings.ts';
import { type Files, RunbookWorld, setMapping } from './runbook-world.ts';

const world = new RunbookWorld('TandemRunbook');
const leftOut = leftOutOf('batch');

const GOOD: Files = {
  'orders/good.csv': ordersCsv([orderLine('good')]),
  'products/p.csv': `${PRODUCTS}p1,Tea,Drink,Alder,1\n`,
};

function linesOf(name: string, count: number, lineOf: (id: string) => string): string {
  return ordersCsv(Array.from({ length: count }, (_, index) => lineOf(`${name}${index}`)));
}

async function warnings(): Promise<WarningCode[]> {
  const manifest = await currentOf(world.deployed.lake);
  return manifest.warnings.map(({ code }) => code);
}

/** The starter waits for nothing, and the run that it started last is over. */
async function untilIdle(): Promise<void> {
  await eventually('the starter is idle', async () => {
    const { run_pending, runs } = await world.answer('status');
    const isRunning = runs.some(({ status }: { status: string }) => status === 'running');
    return run_pending || isRunning ? null : true;
  });
}

async function recordsRead(): Promise<number> {
  return (await currentOf(world.deployed.lake)).counts.read;
}

/** Puts files and waits for the run that has read them. */
async function run(files: Files = {}) {
  await world.put(files);
  return await world.answer('batch');
}

describe('the runbook of the batch door', () => {
  beforeAll(async () => {
    await world.open();
    await run(GOOD);
  }, 300_000);

  afterAll(async () => {
    await world.close();
  }, 120_000);

  it('RunFailed: a file is mended, and a run is asked for', async () => {
    const failed = await run({ 'products/q.csv': 'no,header\n1,2\n' });
    expect(failed.error).toMatchObject({ code: 'run_failed' });

    const FILES = world.folderOf({ 'products/q.csv': `${PRODUCTS}p2,Ink,Desk,Birch,2\n` });
    await world.follow('RunFailed', { FILES });

    const { runs } = await world.answer('status');
    expect(runs[0].status).toBe('succeeded');
  });

  it('Too many quarantined: the file is mended', async () => {
    const failed = await run({ 'orders/many.csv': linesOf('many', 120, badLine) });
    expect(failed.error.message).toContain('batch.maxQuarantined');

    const FILES = world.folderOf({ 'orders/many.csv': linesOf('many', 120, orderLine) });
    await world.follow('Too many quarantined', { FILES });

    expect((await currentOf(world.deployed.lake)).counts.quarantined).toBe(0);
  });

  it('QuarantineRate: the table says why, and the file is mended', async () => {
    // Of its file less than half: otherwise the run is held back.
    const half = (id: string) =>
      Number(id.slice('rate'.length)) < 60 ? badLine(id) : orderLine(id);
    await run({ 'orders/rate.csv': linesOf('rate', 130, half) });
    expect((await currentOf(world.deployed.lake)).counts.quarantined).toBe(60);

    const FILES = world.folderOf({ 'orders/rate.csv': linesOf('rate', 130, orderLine) });
    const [shown] = await world.follow('QuarantineRate', { FILES });

    expect(shown.out).toContain('quantity_not_positive');
    expect((await currentOf(world.deployed.lake)).counts.quarantined).toBe(0);
  });

  it('NotificationsLost: they go back, and a run reads what they tell of', async () => {
    const { LostNotifications } = world.outputs;
    const detail = { bucket: { name: 'landing' }, object: { key: 'orders/good.csv' } };
    const event = { source: 'aws.s3', 'detail-type': 'Object Created', detail };
    await sendTo(LostNotifications, event);
    const before = await currentOf(world.deployed.lake);

    const [moved] = await world.follow('NotificationsLost');

    expect(moved.out).toContain('sent 1 notification to the starter again');
    await eventually('a run is published', async () =>
      (await currentOf(world.deployed.lake)).run_id === before.run_id ? null : true,
    );
    const again = await world.tandem('redrive', '--notifications', '--target', 'aws');
    expect(again.out).toContain('holds no notification');
  });

  it('FilesIgnored: the object gets another name', async () => {
    await run({ 'orders/_hidden.csv': ordersCsv([orderLine('hidden')]) });
    expect(await warnings()).toContain('files_ignored');

    await world.follow('FilesIgnored', {
      LANDING: world.deployed.landing.bucket,
      KEY: 'orders/_hidden.csv',
      NEW_KEY: 'orders/hidden.csv',
    });

    await eventually('a run counts it', async () =>
      (await warnings()).includes('files_ignored') ? null : true,
    );
  });

  it('FilesVanished: they are restored', async () => {
    const { landing } = world.deployed;
    await run({ 'orders/vanished.csv': ordersCsv([orderLine('vanished')]) });
    await landing.delete(['orders/vanished.csv']);
    await run();
    expect(await warnings()).toContain('files_vanished');

    await world.follow('FilesVanished', { KEY: 'orders/vanished.csv' });

    expect(await warnings()).not.toContain('files_vanished');
    expect(await keysOf(landing, 'orders/vanished')).toHaveLength(1);
  });

  it.each(WARNED)('$chapter: $code is over when the file is mended', async (one) => {
    await run(one.bad);
    expect(await warnings()).toContain(one.code);

    await world.follow(one.chapter, { FILES: world.folderOf(one.mended) });

    expect(await warnings()).not.toContain(one.code);
  });

  it('UploadsWait: the starter is not called, and a run that is asked for reads all', async () => {
    await untilIdle();
    const { StartFunction, NotificationQueue } = world.outputs;
    const mappingId = await mappingOf(StartFunction);
    await setMapping(mappingId, false);
    const before = await recordsRead();
    await world.put({ 'orders/waits.csv': ordersCsv([orderLine('waits')]) });
    await eventually('the notification lies in its queue', async () =>
      (await countsOf(NotificationQueue)).visible > 0 ? true : null,
    );

    await world.follow('UploadsWait');

    expect(await recordsRead()).toBe(before + 1);
    await setMapping(mappingId, true);
    await eventually('the notification is taken', async () =>
      (await countsOf(NotificationQueue)).visible === 0 ? true : null,
    );
  });

  it('CallsLost: what they name is listed, and the queues are empty then', async () => {
    const { LostBatchCalls, LostStreamCalls } = world.outputs;
    const before = await currentOf(world.deployed.lake);
    const arn = 'arn:aws:lambda:us-east-1:000000000000:function:publish:$LATEST';
    const failed = {
      requestContext: { functionArn: arn, condition: 'RetriesExhausted' },
      responsePayload: { errorType: 'TerminalError', errorMessage: 'a segment is missing' },
    };
    const rule = 'arn:aws:events:us-east-1:000000000000:rule/Uploads';
    await sendTo(LostStreamCalls, failed);
    await sendTo(LostStreamCalls, failed);
    await sendTo(LostBatchCalls, {}, { RULE_ARN: rule, ERROR_MESSAGE: 'the queue is gone' });

    const [looked, , removed] = await world.follow('CallsLost');

    expect(looked.out).toMatch(/2 .* function publish +TerminalError: a segment is missing\n/);
    expect(looked.out).toMatch(/1 .* rule Uploads +the queue is gone\n/);
    expect(removed.out).toContain('3 lost calls removed');
    expect((await currentOf(world.deployed.lake)).run_id).not.toBe(before.run_id);
    expect(await countsOf(LostStreamCalls)).toEqual({ visible: 0, taken: 0 });
    expect(await countsOf(LostBatchCalls)).toEqual({ visible: 0, taken: 0 });
  });

  it.skipIf(leftOut.has('StarterErrors'))(
    'StarterErrors: it goes on by itself once the cause is mended',
    async () => {
      await untilIdle();
      const { StartFunction, NotificationQueue } = world.outputs;
      const fault = new FunctionFault(StartFunction);
      // Six minutes otherwise, for which nobody waits here.
      await setHiddenSec(NotificationQueue, 5);
      await fault.begin();
      const before = await recordsRead();
      await world.put({ 'orders/fails.csv': ordersCsv([orderLine('fails')]) });
      await eventually('the notification was taken in vain', async () =>
        (await countsOf(NotificationQueue)).taken > 0 ? true : null,
      );
      await expect(world.deployed.invoke('StartFunction', {})).rejects.toThrow(NO_TABLE);
      await fault.end();

      await world.follow('StarterErrors');

      await eventually('a run counts it', async () =>
        (await recordsRead()) === before + 1 ? true : null,
      );
    },
  );

  it('Upgrade: what runs is replaced in place', async () => {
    const before = await currentOf(world.deployed.lake);
    await world.follow('Upgrade');
    const { batch } = await world.answer('status');
    expect(batch.current.run_id).toBe(before.run_id);
  });

  it('has no chapter that nobody followed', () => {
    const wanted = TRIED.batch.filter((name) => !leftOut.has(name));
    expect([...world.followed].sort()).toEqual([...wanted].sort());
  });
});
