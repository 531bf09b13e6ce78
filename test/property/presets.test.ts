import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PRESETS } from '../../lambdas/shared/model/presets.ts';
import { runOver } from '../support/batch-runs.ts';
import { readTables } from '../support/lake-tables.ts';
import { expectedOf, presetFileNames } from '../support/preset-fixtures.ts';
import { projectRoot } from '../support/source-files.ts';

const folder = join(projectRoot, 'test/fixtures/formats');

describe.each(Object.keys(PRESETS))('a file in the form of %s', (preset) => {
  const files = presetFileNames(preset).map(
    (name) => [`orders/${name}`, readFileSync(join(folder, preset, 'orders', name))] as const,
  );

  it('has the records, issues and revenue that were worked out by hand', async () => {
    const { issues, revenue, days, ...counts } = expectedOf(preset);
    const config = { input: [{ match: 'orders/**', preset }], batch: { maxQuarantined: 1 } };

    const { manifest, lake } = await runOver(files, { config });
    const { orders } = await readTables(lake, manifest);

    expect(manifest.rejected_files).toEqual([]);
    expect(manifest.counts).toEqual({ ...counts, late: 0 });
    expect(manifest.issues).toEqual(issues);
    expect(manifest.revenue).toBe(revenue);
    const byDay: Record<string, number> = {};
    for (const { order_date: day } of orders) {
      const name = String(day);
      byDay[name] = (byDay[name] ?? 0) + 1;
    }
    expect(byDay).toEqual(days);
  });
});
