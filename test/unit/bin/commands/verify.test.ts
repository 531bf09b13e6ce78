import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BatchManifest } from '../../../../lambdas/batch/run/batch-manifest.ts';
import { ordersCsv } from '../../../support/batch-runs.ts';
import { runCliHere } from '../../../support/run-cli.ts';

const LINES = [
  'o1,c1,p1,2026-01-05T00:00:00,2,1.50,done',
  'o2,c1,p1,2026-01-06T00:00:00,2,1.50,done',
];

describe('verify', () => {
  let root: string;
  let lakeDir: string;
  let ordersFile: string;
  let whole: Buffer;
  const run = async (...args: string[]) => {
    const { exitCode, out, err } = await runCliHere([...args, '--lake', lakeDir]);
    const tidied = (text: string) =>
      text.replaceAll(root, 'ROOT').replace(/\d{8}T\d{6}Z-[0-9a-f]{8}/g, 'RUN');
    return { exitCode, out: tidied(out), err: tidied(err) };
  };

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'tandem-verify-'));
    lakeDir = join(root, 'lake');
    mkdirSync(join(root, 'orders'));
    writeFileSync(join(root, 'orders/a.csv'), ordersCsv(LINES));
    const { out } = await runCliHere(['batch', '--landing', root, '--lake', lakeDir, '--json']);
    const manifest: BatchManifest = JSON.parse(
      readFileSync(join(lakeDir, JSON.parse(out).manifest), 'utf8'),
    );
    ordersFile = manifest.tables.orders.files[0].key;
    whole = readFileSync(join(lakeDir, ordersFile));
  });
  beforeEach(() => writeFileSync(join(lakeDir, ordersFile), whole));
  afterAll(() => rmSync(root, { recursive: true }));

  const flipBit = () => {
    const flipped = Buffer.from(whole);
    flipped[whole.length >> 1] ^= 1;
    writeFileSync(join(lakeDir, ordersFile), flipped);
  };

  it('says what it read where everything is whole', async () => {
    const { exitCode, out } = await run('verify');
    expect(exitCode).toBe(0);
    expect(out).toMatch(
      /^batch run RUN: read \d+ files of tables \(.* kB\)\n\nall files are present, intact and consistent, checked in .* s\n$/,
    );
    const json = JSON.parse((await run('verify', '--json')).out);
    expect(json).toMatchObject({
      whole: true,
      publications: [{ door: 'batch', run_id: 'RUN', manifest: 'manifests/batch/RUN.json' }],
      faults: [],
    });
  });

  it('names the object that is not whole, and what restores it', async () => {
    flipBit();
    const { exitCode, out } = await run('verify');
    const json = JSON.parse((await run('verify', '--json')).out);

    expect(exitCode).toBe(1);
    expect(out).toMatch(/\nROOT\/lake\/tables\/batch\/orders\/run=RUN\/day=2026-01-05\/part-.*\n/);
    expect(out).toMatch(/\n {2}has sha256 [0-9a-f]{64}, but its manifest says [0-9a-f]{64}\n/);
    expect(out).toContain('\n  fix: run npx tandem batch');
    expect(out).toMatch(/\n1 object is missing or damaged, checked in .* s\n$/);
    expect(json.faults).toMatchObject([{ code: 'file_damaged', restore: expect.any(String) }]);
  });

  it('fails where nothing was published', async () => {
    const { exitCode, err } = await runCliHere(['verify', '--lake', join(root, 'none')]);
    expect([exitCode, err]).toEqual([
      1,
      'tandem: the lake holds neither a batch run nor an epoch of consumer default; ' +
        'publish one: npx tandem batch (nothing_published)\n',
    ]);
  });

  it('is what show points to where it reads a whole file', async () => {
    flipBit();
    const { exitCode, err } = await run('show', 'orders');
    expect(exitCode).toBe(1);
    expect(err).toMatch(
      /^tandem: tables\/batch\/orders\/run=RUN\/.* has sha256 .*; npx tandem verify lists .* \(file_damaged\)\n$/,
    );
  });
});
