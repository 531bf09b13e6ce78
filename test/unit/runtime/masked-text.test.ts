import { describe, expect, it } from 'vitest';
import { TerminalError } from '../../../lambdas/shared/model/errors.ts';
import { lambdaHandler, logger } from '../../../lambdas/shared/runtime/lambda-handler.ts';
import { masked, maskedError } from '../../../lambdas/shared/runtime/masked-text.ts';

describe('masked', () => {
  it.each([
    ['the file has Ada,ada.l@example.org;x', 'the file has Ada,…@…;x'],
    ['"mail":"ada+x@mail.example.co.uk"', '"mail":"…@…"'],
    ['ada@müller.example', '…@…'],
    ['node_modules/@aws-sdk/client-s3 at 3.1', 'node_modules/@aws-sdk/client-s3 at 3.1'],
    [
      'at f (file:///a/node_modules/x@1.2.3/y.js:1:2)',
      'at f (file:///a/node_modules/x@1.2.3/y.js:1:2)',
    ],
    ['customer_id 1058 in orders/a.csv at byte 5', 'customer_id 1058 in orders/a.csv at byte 5'],
  ])('takes e-mail addresses out of %j, and nothing else', (text, expected) => {
    expect(masked(text)).toBe(expected);
  });

  it('takes them out of causes and stacks, too', () => {
    const cause = new Error('said ada@example.org');
    const error = maskedError(new Error('of bo@example.org', { cause }));
    expect(`${error.message} ${error.stack} ${cause.message} ${cause.stack}`).not.toMatch(
      /ada@|bo@/,
    );
  });

  it('takes no time for a long text without any', () => {
    const long = 'x'.repeat(1_000_000);
    expect(masked(`${long}@`)).toHaveLength(1_000_001);
  });
});

describe('a handler', () => {
  it('logs and throws no e-mail address of what failed or was answered', async () => {
    const logged: string[] = [];
    const keep = (...args: unknown[]) => {
      logged.push(
        args.map((arg) => (arg instanceof Error ? arg.stack : JSON.stringify(arg))).join(),
      );
    };
    const before = { info: logger.info, error: logger.error };
    Object.assign(logger, { info: keep, error: keep });
    try {
      const failing = lambdaHandler(() => async () => {
        throw new TerminalError('column_missing', 'the file has ada@example.org');
      });
      await expect(failing({}, {} as never)).rejects.toThrow('column_missing: the file has …@…');
      const answering = lambdaHandler(() => async () => ({ first: 'ada@example.org' }));
      expect(await answering({}, {} as never)).toEqual({ first: 'ada@example.org' });
    } finally {
      Object.assign(logger, before);
    }
    expect(logged).toHaveLength(2);
    expect(logged.join('\n')).not.toContain('ada@');
  });
});
