import { distance } from 'fastest-levenshtein';
import type * as v from 'valibot';
import {
  type ConfigKey,
  groupsOf,
  keysOf,
  metadataOf,
  schemaAt,
  unwrapped,
  wordsOf,
} from './config-nodes.ts';

/** What is wrong at one key of a config. */
export interface ConfigProblem {
  /** From the root to the key; empty if the config as a whole is wrong. */
  readonly path: readonly string[];
  /** Names the key, the value and what is allowed. */
  readonly message: string;
}

const leafOf = (name: string) => name.slice(name.lastIndexOf('.') + 1);

/**
 * The right name that was probably meant: the same last part elsewhere (`chunkBytes` →
 * `batch.chunkBytes`), else the nearest by edits as long as half of it is right.
 */
function nearestName(wrong: string, right: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const name of right) {
    const edits = Math.min(editsTo(name, wrong), editsTo(leafOf(name), leafOf(wrong)) + 0.5);
    if (edits >= bestDistance) continue;
    best = name;
    bestDistance = edits;
  }
  return best;
}

/** Infinite where less than half of the name is right. */
function editsTo(name: string, wrong: string): number {
  const edits = distance(wrong.toLowerCase(), name.toLowerCase());
  return edits > name.length / 2 ? Number.POSITIVE_INFINITY : edits;
}

function didYouMean(nearest: string | null): string {
  return nearest === null ? '' : `; did you mean ${nearest}?`;
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

/** `input[0].match`: what is in a list has its place there, from 0. */
function nameOf(input: unknown, path: readonly string[]): string {
  return path.reduce((name, key, depth) => {
    if (Array.isArray(valueAt(input, path.slice(0, depth)))) return `${name}[${key}]`;
    return name === '' ? key : `${name}.${key}`;
  }, '');
}

/**
 * Describes validation issues in words: one problem per wrong key, with its value and what is
 * allowed. `input` is what was validated, before valibot filled in defaults.
 */
export function describeIssues(
  schema: unknown,
  input: unknown,
  issues: readonly v.BaseIssue<unknown>[],
): ConfigProblem[] {
  const problems = new Map<string, ConfigProblem>();
  for (const issue of issues) {
    const path = (issue.path ?? []).map((item) => String(item.key));
    const name = nameOf(input, path);
    if (problems.has(name)) continue;
    problems.set(name, { path, message: describe(name, path, issue) });
  }
  return [...problems.values()];

  function describe(name: string, path: readonly string[], issue: v.BaseIssue<unknown>): string {
    const { node, depth } = schemaAt(schema, path);
    if (issue.type === 'strict_object' && depth < path.length) {
      return `unknown key ${name}${whereAllowed(name, path)}`;
    }
    const allowed = issue.type === 'raw_check' ? issue.message : metadataOf(node).allowed;
    const written = valueAt(input, path);
    const value = written === undefined ? node.default : written;
    const isGiven = value !== undefined || path.length === 0;
    const what = isGiven ? `is ${shown(value)}` : 'is missing';
    const isWord = issue.type === 'picklist' && typeof value === 'string';
    const meant = isWord ? didYouMean(nearestName(value, wordsOf(node))) : '';
    return `${name === '' ? 'the config' : name} ${what}; allowed: ${allowed}${meant}`;
  }

  function whereAllowed(name: string, path: readonly string[]): string {
    const item = itemAbove(path);
    if (item === null) {
      const names = [...groupsOf(schema), ...keysOf(schema)].map((key) => key.name);
      return didYouMean(nearestName(name, names));
    }
    const key = path[path.length - 1];
    const homes = homesBelow(nameOf(input, item), keysOf(schemaAt(schema, item).node));
    const right = homes.get(key);
    if (right !== undefined) return `; allowed in ${[...right].join(', ')}`;
    const siblings = unwrapped(schemaAt(schema, path.slice(0, -1)).node).entries ?? {};
    const sibling = nearestName(key, Object.keys(siblings));
    if (sibling !== null) return didYouMean(sibling);
    const other = nearestName(key, [...homes.keys()]);
    return didYouMean(other && `${[...(homes.get(other) ?? [])][0]}.${other}`);
  }

  /** The path to the innermost item of a list above a key. */
  function itemAbove(path: readonly string[]): readonly string[] | null {
    for (let depth = path.length - 1; depth > 0; depth--) {
      if (Array.isArray(valueAt(input, path.slice(0, depth - 1)))) return path.slice(0, depth);
    }
    return null;
  }
}

/** For each key at any depth of an item, the names of the groups that have it. */
function homesBelow(itemName: string, keys: readonly ConfigKey[]): Map<string, Set<string>> {
  const homes = new Map<string, Set<string>>();
  for (const { name } of keys) {
    let home = itemName;
    for (const key of name.split('.')) {
      const known = homes.get(key) ?? new Set();
      homes.set(key, known.add(home));
      home = `${home}.${key}`;
    }
  }
  return homes;
}
