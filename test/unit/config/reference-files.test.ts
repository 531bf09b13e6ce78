import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { staleDocs } from '../../../bin/docs/generate-docs.ts';
import { configOf } from '../../../bin/options/config-file.ts';
import { DEFAULT_CONFIG } from '../../../lambdas/shared/model/config.ts';

const yamlText = readFileSync(new URL('../../../config/tandem.yaml', import.meta.url), 'utf8');

describe('config/tandem.yaml', () => {
  it('shows every key with its default', async () => {
    const lines = yamlText.split('\n').map((line) => line.replace(/^ {2}# {1}/, '  '));
    const shown = await configOf(lines.join('\n'), 'tandem.yaml');
    expect(shown).toEqual(DEFAULT_CONFIG);
    const keyCount = lines.filter((line) => /^ {2}\w+:/.test(line)).length;
    expect(keyCount).toBe(78);
  });

  it('can be read as it stands', async () => {
    await expect(configOf(yamlText, 'tandem.yaml')).resolves.toBeDefined();
  });
});

describe('generated documents', () => {
  it('are what the code says; otherwise run npm run docs:generate', async () => {
    expect([...(await staleDocs()).keys()]).toEqual([]);
  });
});
