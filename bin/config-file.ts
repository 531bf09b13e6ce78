import { readFile } from 'node:fs/promises';
import type { Document, LineCounter, Node } from 'yaml';
import { type Config, checkConfig, DEFAULT_CONFIG } from '../lambdas/shared/model/config.ts';
import { UsageError } from '../lambdas/shared/runtime/errors.ts';

export const DEFAULT_CONFIG_FILE = 'config/tandem.yaml';

/**
 * The config of a file, or the defaults where no file is named and the default one does not exist.
 * Fails with `UsageError` (`config_invalid`, `config_not_found`) that names each wrong key, its
 * line, its value and what is allowed.
 */
export async function loadConfig(file: string | undefined): Promise<Config> {
  const path = file ?? DEFAULT_CONFIG_FILE;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    if (isMissing && file === undefined) return DEFAULT_CONFIG;
    const reason = isMissing ? 'does not exist' : `cannot be read: ${(cause as Error).message}`;
    throw new UsageError('config_not_found', `config file ${path} ${reason}`, { cause });
  }
  return configOf(text, path);
}

/** `path` stands in error messages only. */
export async function configOf(text: string, path: string): Promise<Config> {
  const yaml = await import('yaml');
  const lines = new yaml.LineCounter();
  const document = yaml.parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const syntaxErrors = document.errors.map(
    (error) => `${path}:${lines.linePos(error.pos[0]).line}: ${error.message}`,
  );
  if (syntaxErrors.length > 0) throw new UsageError('config_invalid', syntaxErrors.join('\n'));

  const checked = checkConfig(document.toJS());
  if (checked.ok) return checked.config;
  const messages = checked.problems.map(
    ({ path: key, message }) => `${path}:${lineOf(document, lines, key, yaml.isMap)}: ${message}`,
  );
  throw new UsageError('config_invalid', messages.join('\n'));
}

/** The line of a key, or of the innermost part of the path that is written down. */
function lineOf(
  document: Document,
  lines: LineCounter,
  path: readonly string[],
  isMap: typeof import('yaml').isMap,
): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0] ?? 0;
  for (const key of path) {
    if (!isMap(node)) break;
    const pair = node.items.find((item) => String(item.key) === key);
    if (pair === undefined) break;
    offset = (pair.key as Node).range?.[0] ?? offset;
    node = pair.value;
  }
  return lines.linePos(offset).line;
}
