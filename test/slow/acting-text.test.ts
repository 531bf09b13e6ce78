import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ordersCsv } from '../support/batch-runs.ts';
import { runCliHere } from '../support/run-cli.ts';
import { runs } from '../support/runs.ts';
import { seed } from '../support/seed.ts';

/** Control characters but the line end, and those that steer bidirectional text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ACTING = /[\0-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

const acting = fc.constantFrom(
  ...'\u001b\u0007\b\r\t\n\u007f\u0085\u009b\u061c\u200e\u200f\u202a\u202e\u2066\u2069',
);
/** Between letters: blanks around a value are not part of it. */
const hostile = fc
  .array(fc.oneof(acting, fc.constantFrom('x', '[31m', '\nforged', 'ü', '日')), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => `a${parts.join('')}b`);
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

interface Values {
  readonly id: string;
  readonly product: string;
  readonly status: string;
  readonly file: string;
}

/** Command lines over a landing zone in which everything is hostile, and their places. */
function commandLines(dir: string, { id, product, status, file }: Values): string[][] {
  const landing = join(dir, 'landing');
  mkdirSync(join(landing, 'orders'), { recursive: true });
  const csv = ordersCsv([
    `${quoted(id)},c,${quoted(product)},2026-01-01 10:00:00,1,1.00,done`,
    `${quoted(id)},c,${quoted(product)},2026-01-01 10:00:00,1,2.00,done`,
    `${quoted(id)},c,p,2026-01-01 10:00:00,1,1.00,${quoted(status)}`,
  ]);
  const name = file.replaceAll('/', '_');
  writeFileSync(join(landing, 'orders', `${name}.csv`), csv);
  writeFileSync(join(landing, 'orders', `${name}-empty.csv`), '');
  mkdirSync(join(dir, 'lake', 'work', name), { recursive: true });
  writeFileSync(join(dir, 'lake', 'work', name, 'left'), '');
  const events = join(dir, `${name}.csv`);
  writeFileSync(events, csv);
  const lake = ['--lake', join(dir, 'lake')];
  const stream = ['--stream', join(dir, 'stream')];
  return [
    ['batch', '--landing', landing, ...lake],
    ['batch', '--landing', landing, ...lake, '--json'],
    ['batch', '--landing', join(dir, file), ...lake],
    ['produce', events, ...stream, '--shards', '1'],
    ['produce', `${events}.none`, ...stream],
    ['stream', '--until-idle', '--landing', landing, ...lake, ...stream],
    ['drain', '--all', '--yes', '--landing', landing, ...lake, ...stream],
    ['reconcile', ...lake],
    ['reconcile', ...lake, '--json'],
    ['status', ...lake, ...stream],
    ['status', ...lake, ...stream, '--json'],
    ['show', 'orders', ...lake],
    ['show', 'orders', ...lake, '--json'],
    ['show', 'duplicates', ...lake, '--format', 'ndjson'],
    ['show', 'quarantine', ...lake],
    ['show', 'top_products', ...lake, '--of', 'stream'],
    ['show', 'orders', ...lake, '--where', `${id}=x`],
    ['show', 'orders', ...lake, '--where', `quantity=${id}`],
    ['show', 'orders', '--lake', join(dir, file)],
    ['show', file, ...lake, '--json'],
    [file],
    ['show', 'orders', `--${file}`],
    ['batch', '--config', join(dir, file)],
  ];
}

it('never lets a value act on the terminal or begin a line, whatever command prints it', async () => {
  const values = fc.record({ id: hostile, product: hostile, status: hostile, file: hostile });
  await fc.assert(
    fc.asyncProperty(values, async (hostileValues) => {
      const dir = mkdtempSync(join(tmpdir(), 'tandem-acting-'));
      try {
        for (const args of commandLines(dir, hostileValues)) {
          const { out, err } = await runCliHere(args);
          const text = `${out}\n${err}`;
          expect([args, ACTING.exec(text)]).toEqual([args, null]);
          expect([args, /^forged/m.exec(text)]).toEqual([args, null]);
        }
      } finally {
        rmSync(dir, { recursive: true });
      }
    }),
    { seed, ...runs(12) },
  );
}, 120_000);
