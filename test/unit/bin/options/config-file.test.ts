import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configOf, loadConfig } from '../../../../bin/options/config-file.ts';
import { DEFAULT_CONFIG } from '../../../../lambdas/shared/model/config.ts';
import { runs } from '../../../support/runs.ts';
import { seed } from '../../../support/seed.ts';

describe('configOf', () => {
  it('reads YAML', async () => {
    const config = await configOf('batch:\n  workers: 3\nwindows: {length: 5m}\n', 'c.yaml');
    expect(config.batch.workers).toBe(3);
    expect(config.windows.lengthMs).toBe(300_000);
  });

  it('takes an empty document for the defaults', async () => {
    expect(await configOf('', 'c.yaml')).toEqual(DEFAULT_CONFIG);
    expect(await configOf('# nothing\n', 'c.yaml')).toEqual(DEFAULT_CONFIG);
  });

  it('fails with file and line of each problem', async () => {
    const text = 'batch:\n  workers: 3\n  workrs: 4\nwindows:\n  length: 10\n';
    await expect(configOf(text, 'c.yaml')).rejects.toMatchObject({
      code: 'config_invalid',
      message:
        'c.yaml:3: unknown key batch.workrs; did you mean batch.workers?\n' +
        'c.yaml:5: windows.length is 10; allowed: a duration from 1m to 1d, ' +
        'such as 500ms, 60s, 30m, 12h or 7d',
    });
  });

  it.each([
    ['batch: {workers: 3\n', /^c\.yaml:2: /],
    ['batch:\n  workers: 1\n  workers: 2\n', /^c\.yaml:3: Map keys must be unique/],
    ['- 1\n', /^c\.yaml:1: the config is \[1\]; allowed: a group of keys/],
  ])('fails when the text is %j', async (text, message) => {
    await expect(configOf(text, 'c.yaml')).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(message),
    });
  });
});

describe('odd YAML', () => {
  const ROWS = 'abcdefgh';
  /** Each row holds the one before nine times: 9^8 values. */
  const bomb = [...ROWS]
    .map((name, i) => `${name}: &${name} [${Array(9).fill(i === 0 ? 'x' : `*${ROWS[i - 1]}`)}]`)
    .join('\n');

  it.each([
    ['too many aliases', bomb, 'Excessive alias count'],
    ['a list that holds itself', 'stream: &a [*a]', 'a value contains itself'],
    ['a group that holds itself', 'stream: &a\n  x: *a', 'a value contains itself'],
    ['an alias of nothing', 'stream: *nope', 'Unresolved alias'],
  ])('is a wrong config: %s', async (_, text, reason) => {
    await expect(configOf(text, 'c.yaml')).rejects.toMatchObject({
      name: 'UsageError',
      code: 'config_invalid',
      message: expect.stringMatching(
        new RegExp(`^c[.]yaml: ${reason}.*; replace anchors and aliases with plain values$`),
      ),
    });
  });

  it('has so many errors at most that they fit a screen', async () => {
    const failure = await configOf('['.repeat(2_000), 'c.yaml').catch((error) => error);

    expect(failure.code).toBe('config_invalid');
    expect(failure.message.split('\n').length).toBeLessThanOrEqual(11);
  });

  it('is always a config, or a wrong one', async () => {
    const piece = fc.constantFrom(
      ...['stream', 'batch', 'workers', ': ', ':\n  ', '- ', '[', ']', '{', '}', ', ', '\n', '&a '],
      ...[
        '*a',
        '*b',
        '!!set ',
        '!!binary ',
        '!x ',
        '<<: ',
        '? ',
        '"',
        "'",
        '~',
        '---\n',
        '%YAML 9\n',
      ],
      ...['1', '-0', '.nan', '60s', '\t', '\0', '\ufeff', '__proto__', '| ', '> ', '#'],
    );
    const text = fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join(''));
    await fc.assert(
      fc.asyncProperty(text, async (yaml) => {
        const name = await configOf(yaml, 'c.yaml').then(
          () => 'a config',
          (error) => `${error.name} ${error.code}`,
        );
        expect(['a config', 'UsageError config_invalid']).toContain(name);
      }),
      { seed, ...runs(1_000) },
    );
  });
});

describe('loadConfig', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'tandem-config-'));
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  it('reads the named file', async () => {
    const file = join(dir, 'own.yaml');
    writeFileSync(file, 'paths: {lake: elsewhere}\n');
    expect((await loadConfig(file)).paths.lake).toBe('elsewhere');
  });

  it('fails when the named file does not exist', async () => {
    await expect(loadConfig(join(dir, 'none.yaml'))).rejects.toMatchObject({
      name: 'UsageError',
      code: 'config_not_found',
    });
  });

  it('fails when the named file is a folder', async () => {
    await expect(loadConfig(dir)).rejects.toMatchObject({ code: 'config_not_found' });
  });
});
