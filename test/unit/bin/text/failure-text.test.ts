import { describe, expect, it } from 'vitest';
import { failureText } from '../../../../bin/text/failure-text.ts';
import { runCliHere } from '../../../support/run-cli.ts';

describe('the line of a failure', () => {
  it.each([
    [
      ['generate'],
      '--out DIR is missing: the folder to write to, such as data/landing',
      'option_missing',
    ],
    [['status', '--config', 'no.yaml'], 'config file no.yaml does not exist', 'config_not_found'],
  ])('ends with its code: %j', async (args, message, code) => {
    expect((await runCliHere(args)).err).toBe(`tandem: ${message} (${code})\n`);
  });

  it('stays one line whatever it quotes, but has one for each problem of a config', () => {
    const message = 'a\nb\x1b';
    expect(failureText({ code: 'usage', message })).toBe('tandem: a\\nb\\x1b (usage)\n');
    expect(failureText({ code: 'config_invalid', message })).toBe(
      'tandem: a\nb\\x1b (config_invalid)\n',
    );
  });
});
