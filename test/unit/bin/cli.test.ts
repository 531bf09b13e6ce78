import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../bin/cli.ts';
import { runCliHere } from '../../support/run-cli.ts';

const flagsIn = (help: string) =>
  [...help.matchAll(/^ {2}(--[^ ]+(?: <[^>]+>)?)/gm)].map((m) => m[1]);

describe('help', () => {
  it('of tandem names the commands', async () => {
    const { exitCode, out, err } = await runCliHere(['--help']);
    expect([exitCode, err]).toEqual([0, '']);
    expect(COMMANDS.map(({ name }) => name)).toEqual([
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
    for (const { name, summary } of COMMANDS)
      expect(out).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'));
  });

  it.each([
    ['demo', ['--orders <n>', '--seed <s>', '--dir <dir>']],
    ['generate', ['--out <dir>', '--orders <n>', '--seed <s>', '--files <k>', '--gzip']],
    [
      'init',
      [
        ...['--from <file...>', '--out <file>', '--date-order <order>', '--time-zone <zone>'],
        ...['--presets', '--yes', '--force'],
      ],
    ],
    [
      'batch',
      [
        '--landing <dir>',
        '--lake <dir>',
        '--workers <n>',
        '--chunk-bytes <n>',
        '--strict',
        '--accept-quarantined',
        '--plan <file>',
        '--from-raw',
        '--consumer <name>',
        '--target <where>',
      ],
    ],
    ['check', ['--landing <dir>', '--strict', '--examples <n>']],
    [
      'produce',
      ['--stream <dir>', '--shards <n>', '--rate <n>', '--unordered', '--sort', '--target <where>'],
    ],
    [
      'stream',
      [
        '--stream <dir>',
        '--landing <dir>',
        '--lake <dir>',
        '--until-idle',
        '--drain',
        '--batch-size <n>',
        '--every <duration>',
        '--consumer <name>',
      ],
    ],
    [
      'drain',
      [
        '--stream <dir>',
        '--landing <dir>',
        '--lake <dir>',
        '--all',
        '--yes',
        '--replan',
        '--consumer <name>',
        '--target <where>',
      ],
    ],
    [
      'show',
      [
        '--lake <dir>',
        '--of <door>',
        '--limit <n>',
        '--where <column=value...>',
        '--columns <names>',
        '--count',
        '--format <format>',
        '--files',
        '--consumer <name>',
        '--target <where>',
      ],
    ],
    [
      'status',
      ['--stream <dir>', '--lake <dir>', '--consumer <name>', '--target <where>', '--all'],
    ],
    [
      'erase',
      [
        '--landing <dir>',
        '--lake <dir>',
        '--customer <id>',
        '--replace',
        '--dry-run',
        '--consumer <name>',
        '--target <where>',
      ],
    ],
    [
      'replay',
      [
        '--stream <dir>',
        '--landing <dir>',
        '--lake <dir>',
        '--target <where>',
        '--consumer <name>',
        '--from <where>',
        '--since <instant>',
      ],
    ],
    [
      'redrive',
      [
        ...['--stream <dir>', '--lake <dir>', '--dry-run', '--notifications', '--lost-calls'],
        '--consumer <name>',
        '--target <where>',
      ],
    ],
    ['upload', ['--wait', '--overwrite']],
    ['restore', ['--before <instant>', '--dry-run', '--target <where>']],
    ['plan', ['--bytes <n>', '--landing <dir>', '--target <where>']],
    [
      'cost',
      ['--orders <n>', '--runs-per-day <n>', '--measured', '--lake <dir>', '--target <where>'],
    ],
    [
      'reconcile',
      [
        '--lake <dir>',
        '--consumer <name>',
        '--allow-missing',
        '--since <instant>',
        '--until <instant>',
        '--limit <n>',
        '--target <where>',
      ],
    ],
    ['verify', ['--lake <dir>', '--consumer <name>', '--target <where>']],
  ])('of %s lists its flags, the common ones and examples', async (command, flags) => {
    for (const args of [
      [command, '--help'],
      ['help', command],
    ]) {
      const { exitCode, out, err } = await runCliHere(args);
      expect([exitCode, err]).toEqual([0, '']);
      expect(flagsIn(out)).toEqual([...flags, '--config <file>', '--json', '--help']);
      expect(out).toContain(`\nExamples:\n  $ tandem ${command}`);
      expect(out.split('\n').filter((line) => line.length > 116)).toEqual([]);
    }
  });

  it('of generate teaches', async () => {
    expect((await runCliHere(['generate', '--help'])).out).toMatchInlineSnapshot(`
      "Usage: tandem generate [options]

      Write sample orders, customers and products as CSV, with known defects.

      Creates orders/, customers/ and products/ below --out, rows in order of arrival. The same seed and
      config give the same bytes. The generate keys of the config set the shares of duplicates, negative
      numbers, missing ids and late arrivals. Replaces files of an earlier generate; fails if any other
      files are in the way.

      Options:
        --out <dir>      folder to write to (required)
        --orders <n>     number of distinct orders; duplicates come on top (default: 10000)
        --seed <s>       seed of all random values; the same seed gives the same orders (default: 42)
        --files <k>      number of orders files, of about equal size (default: 1)
        --gzip           compress the orders files with gzip
        --config <file>  config file in YAML (default: config/tandem.yaml, if it exists)
        --json           print the result as one JSON object
        --help           print this help

      Examples:
        $ tandem generate --out data/landing
        $ tandem generate --out data/big --orders 10000000 --files 4      about 570 MB in four files
        $ tandem generate --out data/landing --seed 7 --gzip

      "
    `);
  });
});

describe('wrong usage', () => {
  it.each([
    [['bach'], "unknown command 'bach' (Did you mean batch?)"],
    [['batch', '--worker', '2'], "unknown option '--worker' (Did you mean --workers?)"],
    [['generate', '--ot', 'x'], "unknown option '--ot' (Did you mean --out?)"],
    [
      ['batch', '--workers', '0'],
      "option '--workers <n>' argument '0' is invalid. Allowed: a whole number from 1 to 64.",
    ],
    [
      ['generate', '--out', 'x', '--orders', 'x'],
      "option '--orders <n>' argument 'x' is invalid. Allowed: a whole number from 1 to 1000000000.",
    ],
    [
      ['generate', '--out', 'x', '--seed=-1'],
      "option '--seed <s>' argument '-1' is invalid. Allowed: a whole number from 0 to 9007199254740991.",
    ],
    [
      ['batch', '--chunk-bytes', '32MB'],
      "option '--chunk-bytes <n>' argument '32MB' is invalid. Allowed: bytes from 1 to 1073741824, such as 1048576, 512KiB, 32MiB or 1GiB.",
    ],
    [
      ['show', 'orders', '--of', 'streams'],
      "option '--of <door>' argument 'streams' is invalid. Allowed choices are batch, stream.",
    ],
    [['show'], "missing required argument 'table'"],
    [['status', 'now'], "too many arguments for 'status'. Expected 0 arguments but got 1."],
    [
      ['stream', '--every', '60'],
      "option '--every <duration>' argument '60' is invalid. Allowed: a duration from 1s to 1h, such as 500ms, 60s, 30m or 12h.",
    ],
    [
      ['drain', '--consumer', '../x'],
      "option '--consumer <name>' argument '../x' is invalid. Allowed: 1 to 64 of a-z 0-9 _ -, starting with a letter or digit.",
    ],
    [
      ['stream', '--target', 'aws'],
      '--target aws does not apply to stream; on AWS the deployed functions consume and publish; see: npx tandem status --target aws',
    ],
    [
      ['redrive', '--target', 'aws', '--consumer', 'x'],
      '--consumer x does not apply to --target aws: only consumer default is deployed',
    ],
    [
      ['batch', '--target', 'aws', '--accept-quarantined'],
      '--accept-quarantined applies to --target local only; --target aws uses the deployed stacks',
    ],
    [['upload'], "missing required argument 'path'"],
    [['drain', '--yes'], '--yes needs --all: drain asks only with --all'],
    [
      ['status', '--target', 'aws', '--stream', 'x'],
      '--stream applies to --target local only; --target aws uses the deployed stacks',
    ],
    [
      ['show', 'orders', '--target', 'gcp'],
      "option '--target <where>' argument 'gcp' is invalid. Allowed choices are local, aws.",
    ],
    [['show', 'orders', '--consumer', 'x'], '--consumer needs --of stream'],
    [['produce'], "missing required argument 'file'"],
  ])('fails with exit code 2 when given %j', async (args, message) => {
    const { exitCode, out, err } = await runCliHere(args);
    expect([exitCode, out, err]).toEqual([2, '', `tandem: ${message} (usage)\n`]);
  });

  it.each([
    [['show', 'daily', '--json'], 'table_unknown', '(Did you mean daily_revenue?)'],
    [['show', 'late', '--json'], 'table_unknown', 'the batch publication has no table late'],
    [['status', '--jsn', '--json'], 'usage', '(Did you mean --json?)'],
  ])('is one JSON object with --json: %j', async (args, code, message) => {
    const { exitCode, out } = await runCliHere(args);
    expect(exitCode).toBe(2);
    expect(JSON.parse(out)).toEqual({ error: { code, message: expect.stringContaining(message) } });
  });

  it('prints the help when there is no command', async () => {
    const { exitCode, out, err } = await runCliHere([]);
    expect([exitCode, out]).toEqual([2, '']);
    expect(err).toContain('Usage: tandem');
    expect(err).toContain(
      'tandem: no command given; choose one of demo, generate, init, batch, check, ',
    );
  });
});

describe('interruption', () => {
  it('ends with 130', async () => {
    const { exitCode, out } = await runCliHere(['status', '--json'], AbortSignal.abort());
    expect(exitCode).toBe(130);
    expect(JSON.parse(out)).toEqual({
      error: { code: 'interrupted', message: 'interrupted; no partial results are left' },
    });
  });
});
