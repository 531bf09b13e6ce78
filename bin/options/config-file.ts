import { readFile } from 'node:fs/promises';
import type { Document, LineCounter, Node } from 'yaml';
import { type Config, checkConfig, DEFAULT_CONFIG } from '../../lambdas/shared/model/config.ts';
import { UsageError } from '../../lambdas/shared/model/errors.ts';

export const DEFAULT_CONFIG_FILE = 'config/tandem.yaml';

/**
 * Reads the config file, or takes the defaults if none is named and the default file does not
 * exist. Throws `UsageError` (`config_invalid`, `config_not_found`) naming each wrong key, its
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

/** Parses a config; `path` appears in error messages only. Throws `UsageError` `config_invalid`. */
export async function configOf(text: string, path: string): Promise<Config> {
  const yaml = await import('yaml');
  const lines = new yaml.LineCounter();
  const document = yaml.parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
  });
  const syntaxErrors = document.errors.map(
    (error) => `${path}:${lines.linePos(error.pos[0]).line}: ${error.message}`,
  );
  if (syntaxErrors.length > 0) throw configInvalid(syntaxErrors);

  const checked = checkConfig(plainValue(document, path));
  if (checked.ok) return checked.config;
  const messages = checked.problems.map(
    ({ path: key, message }) => `${path}:${lineOf(document, lines, key, yaml)}: ${message}`,
  );
  throw configInvalid(messages);
}

/** A file that is something else altogether has an error in every line. */
const SHOWN_PROBLEMS = 10;

function configInvalid(problems: readonly string[]): UsageError {
  const shown = problems.slice(0, SHOWN_PROBLEMS);
  const left = problems.length - shown.length;
  const lines = left === 0 ? shown : [...shown, `and ${left} more`];
  return new UsageError('config_invalid', lines.join('\n'));
}

/**
 * The document as plain data. Aliases (`*name`) may make it endless or larger than memory: then,
 * and for an alias of nothing, throws `UsageError` `config_invalid`.
 */
function plainValue(document: Document, path: string): unknown {
  try {
    const value: unknown = document.toJS();
    // Fails where a value holds itself.
    JSON.stringify(value);
    return value;
  } catch (cause) {
    const isCircular = cause instanceof TypeError || cause instanceof RangeError;
    const reason = isCircular ? 'a value contains itself' : (cause as Error).message;
    const message = `${path}: ${reason}; replace anchors and aliases with plain values`;
    throw new UsageError('config_invalid', message, { cause });
  }
}

/** The line of a key, or of the innermost part of the path that is written down. */
function lineOf(
  document: Document,
  lines: LineCounter,
  path: readonly string[],
  { isMap, isSeq }: Pick<typeof import('yaml'), 'isMap' | 'isSeq'>,
): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0] ?? 0;
  for (const key of path) {
    if (isSeq(node)) {
      node = node.items[Number(key)];
      offset = (node as Node | undefined)?.range?.[0] ?? offset;
      continue;
    }
    if (!isMap(node)) break;
    const pair = node.items.find((item) => String(item.key) === key);
    if (pair === undefined) break;
    offset = (pair.key as Node).range?.[0] ?? offset;
    node = pair.value;
  }
  return lines.linePos(offset).line;
}
