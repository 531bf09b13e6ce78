import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WarningCode } from '../../../lambdas/shared/model/warning.ts';
import { keysOf, ordersCsv } from '../../support/batch-runs.ts';
import { currentOf, orderLine } from '../../support/small-landing.ts';
import { eventually } from '../deployment.ts';
import { TRIED } from './runbook-chapters.ts';
import { type Files, RunbookWorld } from './runbook-world.ts';

const world = new RunbookWorld('TandemRunbook');

const PRODUCTS = 'product_id,product_name,category,brand,list_price\n';
const CUSTOMERS =
  'customer_id,customer_name,customer_email,customer_segment,registration_date\n' +
  'c1,Ada,ada@example.org,gold,2020-01-01\n';
const GOOD: Files = {
  'orders/good.csv': ordersCsv([orderLine('good')]),
  'products/p.csv': `${PRODUCTS}p1,Tea,Drink,Alder,1\n`,
};

function linesOf(name: string, count: number, lineOf: (id: string) => string): string {
  return ordersCsv(Array.from({ length: count }, (_, index) => lineOf(`${name}${index}`)));
}

const badLine = (id: string) => `${id},c1,p1,2026-01-05T00:00:00,0,1.50,done`;

async function warnings(): Promise<WarningCode[]> {
  const manifest = await currentOf(world.deployed.lake);
  return manifest.warnings.map(({ code }) => code);
}

/** Puts files and waits for the run that has read them. */
async function run(files: Files = {}) {
  await world.put(files);
  return await world.answer('batch');
}

/** A value of each; the mended file has another key only where the runbook says so. */
const WARNED: readonly {
  readonly chapter: string;
  readonly code: WarningCode;
  readonly bad: Files;
  readonly mended: Files;
}[] = [
  {
    chapter: 'FilesRejected',
    code: 'files_rejected',
    bad: { 'orders/rejected.csv': 'no,header\n1,2\n' },
    mended: { 'orders/rejected.csv': ordersCsv([orderLine('rejected')]) },
  },
  {
    chapter: 'StrayQuotes',
    code: 'stray_quote',
    bad: { 'orders/stray.csv': ordersCsv([orderLine('"stray')]) },
    mended: { 'orders/stray.csv': ordersCsv([orderLine('stray')]) },
  },
  {
    chapter: 'DuplicatesDiffer',
    code: 'duplicates_differ',
    bad: { 'orders/lines.csv': ordersCsv([orderLine('l1'), badLine('l1').replace(',0,', ',9,')]) },
    mended: { 'orders/lines.csv': ordersCsv([orderLine('l1-1'), orderLine('l1-2')]) },
  },
  {
    chapter: 'LastLinesCut',
    code: 'last_line_cut',
    bad: { 'orders/cut.csv': `${ordersCsv([orderLine('cut1')])}cut2,c1,p1,2026-01` },
    mended: { 'orders/cut.csv': ordersCsv([orderLine('cut1'), orderLine('cut2')]) },
  },
  {
    chapter: 'JoinMisses',
    code: 'join_misses',
    bad: { 'customers/c.csv': CUSTOMERS.replace('\nc1,', '\nC-1,') },
    mended: { 'customers/c.csv': CUSTOMERS },
  },
  {
    chapter: 'DimensionIssues',
    code: 'dimension_issues',
    bad: { 'products/p.csv': `${PRODUCTS}p1,Tea,Drink,Alder,much\n` },
    mended: { 'products/p.csv': `${PRODUCTS}p1,Tea,Drink,Alder,1\n` },
  },
  {
    chapter: 'FutureEvents',
    code: 'future_events',
    bad: { 'orders/future.csv': ordersCsv([orderLine('f').replace('2026', '2096')]) },
    mended: { 'orders/future.csv': ordersCsv([orderLine('f')]) },
  },
];

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
    const command = { QueueUrl: LostNotifications, MessageBody: JSON.stringify(event) };
    await new SQSClient({}).send(new SendMessageCommand(command));
    const before = await currentOf(world.deployed.lake);

    const [moved] = await world.follow('NotificationsLost');

    expect(moved.out).toContain('1 notifications went back');
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

  it('Upgrade: what runs is replaced in place', async () => {
    const before = await currentOf(world.deployed.lake);
    await world.follow('Upgrade');
    const { batch } = await world.answer('status');
    expect(batch.current.run_id).toBe(before.run_id);
  });

  it('has no chapter that nobody followed', () => {
    expect([...world.followed].sort()).toEqual([...TRIED.batch].sort());
  });
});
