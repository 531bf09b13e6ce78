import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCliHere } from '../../../support/run-cli.ts';

const HEADER = 'customer_id,customer_name,customer_email,customer_segment,registration_date\n';
const ORDERS = 'order_id,customer_id,product_id,order_timestamp,quantity,price,status\n';

let folder: string;
const at = (...parts: string[]) => join(folder, ...parts);

function put(file: string, text: string): void {
  mkdirSync(join(at(file), '..'), { recursive: true });
  writeFileSync(at(file), text);
}

const tandem = (command: string, ...args: string[]) => runCliHere([command, ...args]);
const places = () => ['--landing', at('landing'), '--lake', at('lake')];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-erase-'));
  put(
    'landing/customers/c.csv',
    `${HEADER}c1,Ada,ada@example.org,loyal,2024-01-01\nc2,Bo,bo@example.org,,\n`,
  );
  const rows = [
    'o1,c1,p,2026-01-10T10:00:00Z,1,2.00,done',
    'o2,c2,p,2026-01-10T10:00:00Z,1,3.00,done',
  ];
  put('landing/orders/o.csv', `${ORDERS}${rows.join('\n')}\n`);
  await tandem('batch', ...places());
  await tandem('produce', at('landing/orders/o.csv'), '--stream', at('stream'));
  await tandem('stream', '--until-idle', '--drain', '--stream', at('stream'), ...places());
}, 60_000);
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function filesWith(text: string): string[] {
  return readdirSync(at('lake'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).includes(text));
}

describe('tandem erase', () => {
  it('takes a person out of a lake of this machine, step by step', async () => {
    const args = ['--customer', 'c1', ...places()];
    const early = await tandem('erase', ...args, '--json');
    expect([early.exitCode, JSON.parse(early.out).error.code]).toEqual([1, 'customer_not_erased']);

    put('landing/customers/c.csv', `${HEADER}c1,,,,\nc2,Bo,bo@example.org,,\n`);
    const dry = await tandem('erase', ...args, '--dry-run');
    expect(dry.out).toContain('would be rewritten: 1 row in 1 file of orders');
    expect(dry.out).toContain(
      'batch: the current run holds older data of customers; run: npx tandem batch\n',
    );

    const done = JSON.parse((await tandem('erase', ...args, '--json')).out);
    expect(done).toMatchObject({ rows: 1, replaced_manifests: 1, replaced_plan: true });
    expect(done.landing_has).toMatchObject({ customer_name: false, customer_email: false });
    await tandem('batch', ...places());

    const { out } = await tandem(
      'show',
      'orders',
      '--of',
      'stream',
      '--lake',
      at('lake'),
      '--json',
    );
    const rows = JSON.parse(out).rows as Record<string, unknown>[];
    expect(rows.map((row) => [row.order_id, row.customer_name]).sort()).toEqual([
      ['o1', null],
      ['o2', 'Bo'],
    ]);
    expect((await tandem('verify', '--lake', at('lake'))).exitCode).toBe(0);
    const left = await tandem('erase', ...args, '--dry-run', '--json');
    expect(JSON.parse(left.out)).toMatchObject({
      rows: 0,
      removed: { order_files: [], dimension_copies: [], reports: [] },
      batch_runs_before_landing: [{ is_current: false }],
    });
    // The run before the current one is kept; nothing of the stream has the address.
    expect(filesWith('ada@example.org').filter((file) => !file.includes('tables/batch'))).toEqual(
      [],
    );
  }, 60_000);

  it('prints no value of the person, and needs no stream', async () => {
    rmSync(at('stream'), { recursive: true });
    put('landing/customers/c.csv', `${HEADER}c1,Ida,ida@example.org,gold,\n`);
    const args = ['--customer', 'c1', '--replace', ...places()];
    const { exitCode, out, err } = await tandem('erase', ...args);
    expect(exitCode).toBe(0);
    expect(out).toContain(
      'holds for customer c1: customer_name, customer_email, customer_segment\n',
    );
    expect(out + err).not.toMatch(/Ida|ida@|Ada|gold/);
  }, 60_000);

  it('makes no lake where there is none', async () => {
    const { exitCode, err } = await tandem('erase', '--customer', 'c1', '--lake', at('none'));
    expect([exitCode, err]).toEqual([
      1,
      `tandem: lake ${at('none')} does not exist (lake_not_found)\n`,
    ]);
    expect(existsSync(at('none'))).toBe(false);
  });
});
