import { distance } from 'fastest-levenshtein';
import type * as v from 'valibot';
import { GROUP_ALLOWED, type ValueMetadata } from './config-values.ts';

/** What is wrong at one key of a config. */
export interface ConfigProblem {
  /** From the root to the key; empty if the config as a whole is wrong. */
  readonly path: readonly string[];
  /** Names the key, the value and what is allowed. */
  readonly message: string;
}

/** One key of the schema, as documentation and error texts need it. */
export interface ConfigKey {
  /** `batch.chunkBytes` */
  readonly name: string;
  readonly description: string;
  readonly allowed: string;
  /** In the form in which a config states it, not as it is held. */
  readonly defaultValue: unknown;
}

/**
 * The parts of valibot's schema objects that are read here; their static types say the same less
 * plainly.
 */
interface SchemaNode {
  readonly type: string;
  readonly entries?: Readonly<Record<string, SchemaNode>>;
  readonly wrapped?: SchemaNode;
  readonly default?: unknown;
  readonly pipe?: readonly { readonly type: string; readonly metadata?: ValueMetadata }[];
}

function unwrapped(node: SchemaNode): SchemaNode {
  return node.wrapped === undefined ? node : unwrapped(node.wrapped);
}

function metadataOf(node: SchemaNode): ValueMetadata {
  const metadata = unwrapped(node).pipe?.find((item) => item.type === 'metadata')?.metadata;
  const nullable = node.type === 'nullable' || node.wrapped?.type === 'nullable';
  if (metadata === undefined) return { description: '', allowed: GROUP_ALLOWED };
  return nullable ? { ...metadata, allowed: `${metadata.allowed}, or null` } : metadata;
}

/** The config keys that hold values, in the order of the schema. */
export function keysOf(schema: unknown, prefix = ''): ConfigKey[] {
  const entries = unwrapped(schema as SchemaNode).entries;
  if (entries === undefined) return [];
  return Object.entries(entries).flatMap(([key, node]) => {
    const name = prefix + key;
    if (unwrapped(node).entries !== undefined) return keysOf(node, `${name}.`);
    return [{ name, ...metadataOf(node), defaultValue: node.default }] as ConfigKey[];
  });
}

/** The groups of config keys with their descriptions, in the order of the schema. */
export function groupsOf(schema: unknown): { name: string; description: string }[] {
  return Object.entries(unwrapped(schema as SchemaNode).entries ?? {}).map(([name, node]) => ({
    name,
    description: metadataOf(node).description,
  }));
}

/**
 * The right key that was probably meant: the same last part elsewhere (`chunkBytes` →
 * `batch.chunkBytes`), else the nearest by edits as long as half of it is right.
 */
function nearestKey(wrong: string, right: readonly string[]): string | null {
  const leafOf = (name: string) => name.slice(name.lastIndexOf('.') + 1);
  let best: string | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const name of right) {
    const edits = Math.min(
      distance(wrong.toLowerCase(), name.toLowerCase()),
      distance(leafOf(wrong).toLowerCase(), leafOf(name).toLowerCase()) + 0.5,
    );
    if (edits >= bestDistance || edits > name.length / 2) continue;
    best = name;
    bestDistance = edits;
  }
  return best;
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? `"${value}"` : (JSON.stringify(value) ?? String(value));
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function valueAt(input: unknown, path: readonly string[]): unknown {
  let value = input;
  for (const key of path) value = (value as Record<string, unknown> | null)?.[key];
  return value;
}

/** The schema at a path, or above it where the path leads into a value (a list, a map). */
function schemaAt(schema: unknown, path: readonly string[]): { node: SchemaNode; depth: number } {
  let node = schema as SchemaNode;
  let depth = 0;
  for (const key of path) {
    const next = unwrapped(node).entries?.[key];
    if (next === undefined) break;
    node = next;
    depth += 1;
  }
  return { node, depth };
}

/**
 * Describes validation issues in words: one problem per wrong key, with its value and what is
 * allowed.
 */
export function describeIssues(
  schema: unknown,
  input: unknown,
  issues: readonly v.BaseIssue<unknown>[],
): ConfigProblem[] {
  const names = [...groupsOf(schema).map((group) => group.name), ...keysOf(schema).map(nameOf)];
  const problems = new Map<string, ConfigProblem>();
  for (const issue of issues) {
    const path = (issue.path ?? []).map((item) => String(item.key));
    const name = path.join('.');
    if (problems.has(name)) continue;
    problems.set(name, { path, message: describe(name, path, issue) });
  }
  return [...problems.values()];

  function describe(name: string, path: readonly string[], issue: v.BaseIssue<unknown>): string {
    const { node, depth } = schemaAt(schema, path);
    if (issue.type === 'strict_object' && depth < path.length) {
      const nearest = nearestKey(name, names);
      return `unknown key ${name}${nearest === null ? '' : `; did you mean ${nearest}?`}`;
    }
    const value = shown(valueAt(input, path) ?? node.default);
    const allowed = issue.type === 'raw_check' ? issue.message : metadataOf(node).allowed;
    return `${name === '' ? 'the config' : name} is ${value}; allowed: ${allowed}`;
  }
}

function nameOf(key: ConfigKey): string {
  return key.name;
}
