import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../support/source-files.ts';
import { type CodeBlock, codeBlocks, readText } from './markdown.ts';
import { makeCheckout, runTandem } from './run-tandem.ts';

const blocks = codeBlocks(readText('README.md'));
const scripts: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(join(projectRoot, 'package.json'), 'utf8'),
).scripts;

/** Commands that a test cannot run inside itself, or that take minutes; `.ci/run` runs them. */
const LEFT_TO_CI = new Set(['npm ci', 'npm test']);

let checkout: string;
beforeAll(() => {
  checkout = makeCheckout();
});
afterAll(() => rmSync(checkout, { recursive: true, force: true }));

/** The arguments of `tandem` that a command of the page comes down to. */
function tandemArguments(command: string): string[] {
  const words = command.split(/\s+/);
  if (words[0] === 'npx' && words[1] === 'tandem') return words.slice(2);
  const script = words[0] === 'npm' && words[1] === 'run' ? scripts[words[2]] : undefined;
  const called = /^node bin\/tandem\.js (.*)$/.exec(script ?? '');
  if (called === null) throw new Error(`the page has a command that no test runs: ${command}`);
  return called[1].split(' ');
}

/** Run ids and durations differ from run to run. */
function steady(output: string): string[] {
  return output
    .replace(/\d{8}T\d{6}Z-[0-9a-f]{8}/g, 'RUN')
    .replace(/\bin [\d.]+ m?s\b/g, 'in TIME')
    .replace(/: [\d.]+ s\.$/gm, ': TIME.')
    .trimEnd()
    .split('\n')
    .map((line) => line.trimEnd());
}

/** A last line `…` on the page stands for the rest of the output. */
function expectOutput(output: string, shown: CodeBlock): void {
  const isCut = shown.lines.at(-1) === '…';
  const expected = steady((isCut ? shown.lines.slice(0, -1) : shown.lines).join('\n'));
  const received = steady(output);
  expect(isCut ? received.slice(0, expected.length) : received).toEqual(expected);
}

describe('the commands of the README', () => {
  const runnable = blocks.flatMap((block, i) =>
    block.language === 'sh' ? [{ block, i, title: block.lines.join('; ') }] : [],
  );

  it('are there', () => {
    expect(runnable.length).toBeGreaterThan(3);
    expect(scripts.test).toBe('vitest run');
  });

  // In order, in one folder: later commands show what earlier ones made.
  it.each(runnable)('print what the page says: $title', async ({ block, i }) => {
    let output = '';
    for (const line of block.lines) {
      const command = line.replace(/\s+#.*$/, '').trim();
      if (command === '' || LEFT_TO_CI.has(command)) continue;
      output += await runTandem(checkout, tandemArguments(command));
    }
    const next = blocks[i + 1];
    if (output !== '' && next?.language === 'text') expectOutput(output, next);
  });
});

describe('the tables of the README', () => {
  const page = readText('README.md');

  it('name commands and flags that exist', async () => {
    const rows = [...page.matchAll(/^\| `npx tandem (\w+)[^`]*` +\|(.*)\|$/gm)];
    expect(rows.map(([, command]) => command)).toEqual([
      'demo',
      'generate',
      'init',
      'batch',
      'check',
      'produce',
      'stream',
      'drain',
      'replay',
      'redrive',
      'reconcile',
      'verify',
      'show',
      'status',
      'erase',
      'upload',
      'restore',
      'plan',
      'cost',
    ]);
    for (const [row, command] of rows) {
      const help = await runTandem(checkout, [command, '--help']);
      for (const [flag] of row.matchAll(/--[a-z-]+/g)) expect(help).toContain(flag);
    }
  });

  it('quote defaults that the config has', () => {
    const config = readText('docs/config.md');
    const rows = [...page.matchAll(/^\| `(\w+\.\w+)` +\| (`\S+`) /gm)];
    expect(rows.length).toBeGreaterThan(2);
    for (const [, key, value] of rows) {
      const line = config.split('\n').find((text) => text.startsWith(`| \`${key}\` `));
      expect(line?.split('|')[2].trim()).toBe(value);
    }
  });
});
