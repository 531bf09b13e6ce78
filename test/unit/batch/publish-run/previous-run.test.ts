import { expect, it } from 'vitest';
import { readPrevious } from '../../../../lambdas/batch/publish-run/previous-run.ts';
import { RetryableError, TerminalError } from '../../../../lambdas/shared/model/errors.ts';
import { ordersCsv, runOver } from '../../../support/batch-runs.ts';
import { hookedStore } from '../../../support/hooked-store.ts';
import { orderLine } from '../../../support/small-landing.ts';

const FILES = [
  ['orders/a.csv', ordersCsv([orderLine('o1')])],
  ['orders/b.csv', ordersCsv([orderLine('o2'), orderLine('o3')])],
] as const;

it('knows the files and the revenue of the run before, and nothing where there was none', async () => {
  const { lake, manifest, manifestKey } = await runOver(FILES);

  const previous = await readPrevious(lake, { previous: { manifestKey, etag: 'e' } });

  expect(previous?.revenue).toBe('9.00');
  expect([...(previous?.inputs ?? [])]).toEqual([
    ['orders/a.csv', { etag: manifest.inputs?.[0].etag, records: 1 }],
    ['orders/b.csv', { etag: manifest.inputs?.[1].etag, records: 2 }],
  ]);
  expect(await readPrevious(lake, { previous: null })).toBeNull();
});

it.each([
  ['a permission that is missing', new TerminalError('access_denied', 'may not read')],
  ['a store that does not answer', new RetryableError('no answer')],
])('fails with %s: what it holds is not known to be gone', async (_name, error) => {
  const { lake, manifestKey } = await runOver(FILES);
  const failing = hookedStore(lake, () => {
    throw error;
  });

  const reading = readPrevious(failing, { previous: { manifestKey, etag: 'e' } });

  await expect(reading).rejects.toBe(error);
});
