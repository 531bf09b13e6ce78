import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { configTypes } from './config-types.ts';
import { costMarkdown } from './cost-docs.ts';
import { configJsonSchema, configMarkdown, tablesMarkdown } from './reference-docs.ts';

/** Path from the project's root → content, not formatted yet. */
const GENERATED_DOCS: Readonly<Record<string, () => string>> = {
  'config/tandem.schema.json': configJsonSchema,
  'docs/config.md': configMarkdown,
  'docs/cost.md': costMarkdown,
  'docs/tables.md': tablesMarkdown,
  'lib/aws/cdk/tandem-config.ts': configTypes,
};

function locate(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

/** Formats text as the linter requires it of every file, generated ones included. */
function formatted(path: string, content: string): string {
  const biome = locate('node_modules/.bin/biome');
  const args = ['format', `--stdin-file-path=${path}`];
  return execFileSync(biome, args, { input: content, encoding: 'utf8', cwd: locate('.') });
}

/** Generated documents whose file is outdated, with the right content. */
export async function staleDocs(): Promise<Map<string, string>> {
  const stale = new Map<string, string>();
  for (const [path, content] of Object.entries(GENERATED_DOCS)) {
    const wanted = formatted(path, content());
    const written = await readFile(locate(path), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (written !== wanted) stale.set(path, wanted);
  }
  return stale;
}

if (import.meta.main) {
  for (const [path, wanted] of await staleDocs()) {
    await writeFile(locate(path), wanted);
    process.stderr.write(`wrote ${path}\n`);
  }
}
