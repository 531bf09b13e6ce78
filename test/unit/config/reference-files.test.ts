import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { staleDocs } from '../../../bin/docs/generate-docs.ts';
import { configOf } from '../../../bin/options/config-file.ts';
import { CONFIG_SCHEMA, DEFAULT_CONFIG } from '../../../lambdas/shared/model/config.ts';
import { keysOf } from '../../../lambdas/shared/model/config-nodes.ts';

const yamlText = readFileSync(new URL('../../../config/tandem.yaml', import.meta.url), 'utf8');

/** Without the keys of the items of a list: the file shows the list, which is empty. */
const SCHEMA_KEYS = keysOf(CONFIG_SCHEMA)
  .map(({ name }) => name)
  .filter((name) => !name.includes('[]'));

/** The names of a config's keys, `group.key`; what is inside of a key's value is none. */
function keysIn(node: object, prefix = ''): string[] {
  return Object.entries(node).flatMap(([key, value]) => {
    const name = prefix + key;
    const isGroup = SCHEMA_KEYS.some((known) => known.startsWith(`${name}.`));
    return isGroup ? keysIn(value, `${name}.`) : [name];
  });
}

describe('config/tandem.yaml', () => {
  it('shows every key with its default', async () => {
    const lines = yamlText.split('\n').map((line) => line.replace(/^ {2}# {1}/, '  '));
    const shown = await configOf(lines.join('\n'), 'tandem.yaml');
    expect(shown).toEqual(DEFAULT_CONFIG);
    expect(keysIn(parse(lines.join('\n'))).sort()).toEqual(SCHEMA_KEYS.toSorted());
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
