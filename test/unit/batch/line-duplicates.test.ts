import { expect, it } from 'vitest';
import { ordersCsv, storeOf } from '../../support/batch-runs.ts';
import { lineRules } from '../../support/record-rules.ts';
import { runByRules } from '../../support/ruled-runs.ts';

/** Three pieces each, so at 9.99 as at 10.00 a piece is 3.33. */
const line = (id: string, amount: string) => `${id},c1,p1,2026-01-15 10:00:00,3,${amount},done`;

const FILES = [
  ['orders/a.csv', ordersCsv([line('o1', '10.00'), line('o2', '10.00'), line('o3', '9.99')])],
  ['orders/b.csv', ordersCsv([line('o1', '9.99'), line('o2', '10.0'), line('o3', '10.00')])],
] as const;

it.each([
  ['one wave', 2 ** 30],
  ['a wave for each slice', 1],
])('compares duplicates by the amount of their line, in %s', async (_, waveBytes) => {
  const landing = await storeOf(FILES);
  for (const keep of ['first', 'last'] as const) {
    const { manifest } = await runByRules(landing, lineRules, { waveBytes, keep });

    expect(manifest.revenue).toBe('29.99');
    expect(manifest.warnings).toMatchObject([{ code: 'duplicates_differ', count: 2 }]);
    expect(manifest.warnings[0].hint).toContain('they differ in price (2)');
  }
});
