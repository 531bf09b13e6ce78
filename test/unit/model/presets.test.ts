import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../lambdas/shared/model/config.ts';
import { PRESET_NOTES, PRESETS } from '../../../lambdas/shared/model/presets.ts';
import { countMapped } from '../../support/mapped-orders.ts';
import {
  columnsNamed,
  expectedOf,
  presetBytes,
  presetFileNames,
  presetFiles,
  presetFolders,
} from '../../support/preset-fixtures.ts';

const names = Object.keys(PRESETS);

it('have the names of the contract', () => {
  expect(names).toEqual([
    ...['shopify', 'woocommerce', 'magento', 'amazon', 'ebay', 'stripe', 'paypal'],
    ...['uci-online-retail', 'superstore', 'european-spreadsheet'],
    ...['redshift-unload', 'snowflake-unload', 'postgres-copy'],
  ]);
});

it('have a title, one line of what they read, and a folder of files, and nothing else has', () => {
  expect(Object.keys(PRESET_NOTES)).toEqual(names);
  expect(presetFolders()).toEqual(names.toSorted());
  for (const { title, reads } of Object.values(PRESET_NOTES)) {
    expect(title).toMatch(/^\w.{3,40}$/);
    expect(reads).toMatch(/^\S.{20,90}[^.\s]$/);
  }
});

describe.each(names)('%s', (name) => {
  const preset = PRESETS[name];

  it('is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(preset))).toEqual(preset);
  });

  it('is a valid mapping', () => {
    const { input } = parseConfig({ input: [{ match: 'orders/**', ...preset }] });

    expect(parseConfig({ input: [{ match: 'orders/**', preset: name }] }).input).toEqual(input);
    expect(input[0].fields.currency?.expect ?? 'USD').toBe('USD');
  });

  it('names columns that its files have, each once', () => {
    for (const { columns } of presetFiles(name)) {
      expect(columns.length).toBe(new Set(columns).size);
      expect(columns).toEqual(expect.arrayContaining(columnsNamed(preset)));
    }
  });

  it('takes at most eight columns beyond one for each field', () => {
    const own = Object.entries(preset.fields ?? {}).filter(([field]) => field !== 'currency');
    const taken = new Set<string>();
    for (const [, { from }] of own) {
      const direct = [from ?? []].flat()[0];
      if (direct !== undefined) taken.add(direct);
    }
    const further = columnsNamed(preset).filter((column) => !taken.has(column));
    expect(further.length).toBeLessThanOrEqual(8);
  });

  it('reads its files as was worked out by hand', () => {
    expect(countMapped(presetFiles(name), preset)).toEqual(expectedOf(name));
  });

  it('has files small enough to be read by eye', () => {
    const sizes = presetFileNames(name).map((file) => presetBytes(name, file).length);
    expect(Math.max(...sizes)).toBeLessThan(8_192);
  });
});

it('know each status of their files but where an unknown one is the point', () => {
  const unknown = names.filter((name) => 'status_unknown' in expectedOf(name).issues);
  expect(unknown).toEqual(['magento', 'paypal']);
});

it('keep spellings of statuses in the form that they are compared in', () => {
  const spellings = Object.values(PRESETS).flatMap(({ fields }) =>
    Object.keys(fields?.status?.values ?? {}),
  );
  expect(spellings.length).toBeGreaterThan(100);
  expect(spellings.filter((text) => !/^[!-@[-~](?:[ -@[-~]{0,62}[!-@[-~])?$/.test(text))).toEqual(
    [],
  );
});

it('conserve the records of their files', () => {
  for (const name of names) {
    const { read, active, cancelled, duplicate, quarantined, days } = expectedOf(name);
    expect(active + cancelled + duplicate + quarantined).toBe(read);
    expect(Object.values(days).reduce((sum, count) => sum + count, 0)).toBe(active);
  }
});
