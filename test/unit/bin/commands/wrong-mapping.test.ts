import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCliHere } from '../../../support/run-cli.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'tandem-mapping-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

it('ends a batch as wrong usage, with a line for each problem', async () => {
  const config = join(dir, 'tandem.yaml');
  writeFileSync(
    config,
    [
      'input:',
      '  - match: orders/**',
      '    dialect: {delimiter: "::"}',
      '    fields:',
      '      price: {decimalChr: ","}',
      '  - {match: events, encoding: utf-8}',
      '',
    ].join('\n'),
  );
  const lake = join(dir, 'lake');
  const { exitCode, out, err } = await runCliHere(['batch', '--config', config, '--lake', lake]);

  expect([exitCode, out]).toEqual([2, '']);
  expect(err.split('\n').filter((line) => line.includes('input['))).toEqual([
    expect.stringContaining('input[0].dialect.delimiter is "::"; allowed: one ASCII character'),
    expect.stringContaining(
      'unknown key input[0].fields.price.decimalChr; did you mean decimalChar?',
    ),
    expect.stringContaining('input[1].encoding is "utf-8"; allowed: only its default'),
  ]);
  expect(readdirSync(dir)).toEqual(['tandem.yaml']);
});
