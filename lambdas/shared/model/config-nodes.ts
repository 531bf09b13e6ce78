import { GROUP_ALLOWED, type ValueMetadata } from './config-values.ts';

/** One key of the schema, as documentation and error texts need it. */
export interface ConfigKey {
  /** `batch.chunkBytes`; a key of the items of a list is `input[].match`. */
  readonly name: string;
  readonly description: string;
  readonly allowed: string;
  /** In the form in which a config states it, not as it is held; undefined: none. */
  readonly defaultValue: unknown;
  /** Whether it must be there, in each item of its list. */
  readonly isRequired: boolean;
}

/**
 * The parts of valibot's schema objects that are read here; their static types say the same less
 * plainly.
 */
export interface SchemaNode {
  readonly type: string;
  readonly entries?: Readonly<Record<string, SchemaNode>>;
  readonly item?: SchemaNode;
  /** Of the values of a map. */
  readonly value?: SchemaNode;
  readonly options?: readonly unknown[];
  readonly wrapped?: SchemaNode;
  readonly default?: unknown;
  readonly pipe?: readonly { readonly type: string; readonly metadata?: ValueMetadata }[];
}

/** A node without what says that it may be left out or null. */
export function unwrapped(node: SchemaNode): SchemaNode {
  return node.wrapped === undefined ? node : unwrapped(node.wrapped);
}

/** The words of which a node's value, or each value of a map, is one; empty: any other kind. */
export function wordsOf(node: SchemaNode): readonly string[] {
  const { value, options = [] } = unwrapped(node);
  const words = value === undefined ? options : (unwrapped(value).options ?? []);
  return words.filter((word) => typeof word === 'string');
}

/** What a node's value means and may be; `null` is allowed where the node says so. */
export function metadataOf(node: SchemaNode): ValueMetadata {
  const metadata = unwrapped(node).pipe?.find((item) => item.type === 'metadata')?.metadata;
  if (metadata === undefined) return { description: '', allowed: GROUP_ALLOWED };
  return isNullable(node) ? { ...metadata, allowed: `${metadata.allowed}, or null` } : metadata;
}

function isNullable(node: SchemaNode): boolean {
  return node.type === 'nullable' || node.wrapped?.type === 'nullable';
}

/**
 * The config keys that hold values, in the order of the schema. A list of groups is one key, and
 * the keys of its items follow.
 */
export function keysOf(schema: unknown, prefix = ''): ConfigKey[] {
  const entries = unwrapped(schema as SchemaNode).entries;
  if (entries === undefined) return [];
  return Object.entries(entries).flatMap(([key, node]) => {
    const name = prefix + key;
    const { entries: inner, item } = unwrapped(node);
    if (inner !== undefined && !isNullable(node)) return keysOf(node, `${name}.`);
    const isRequired = node.type !== 'optional' && prefix.includes('[]');
    const own = { name, ...metadataOf(node), defaultValue: node.default, isRequired } as ConfigKey;
    return [own, ...(item === undefined ? keysOf(node, `${name}.`) : keysOf(item, `${name}[].`))];
  });
}

/** The groups of config keys with their descriptions, in the order of the schema. */
export function groupsOf(schema: unknown): { name: string; description: string }[] {
  return Object.entries(unwrapped(schema as SchemaNode).entries ?? {}).map(([name, node]) => ({
    name,
    description: metadataOf(node).description,
  }));
}

/** The schema at a path, or above it where the path leads into a value (a list, a map). */
export function schemaAt(
  schema: unknown,
  path: readonly string[],
): { node: SchemaNode; depth: number } {
  let node = schema as SchemaNode;
  let depth = 0;
  for (const key of path) {
    const { entries = {}, item } = unwrapped(node);
    const next = Object.hasOwn(entries, key) ? entries[key] : groupOrNone(item);
    if (next === undefined) break;
    node = next;
    depth += 1;
  }
  return { node, depth };
}

/** Lists of values are described as a whole. */
function groupOrNone(item: SchemaNode | undefined): SchemaNode | undefined {
  return item !== undefined && unwrapped(item).entries !== undefined ? item : undefined;
}

/**
 * A config in the form that valibot reads rightly. A group without keys (`batch:`), or a list of
 * groups without any, is null in YAML and means its defaults. valibot takes a list for a group
 * whose keys are all optional: `false` in its place fails. Never throws.
 */
export function normalForm(schema: unknown, input: unknown): unknown {
  const node = schema as SchemaNode;
  const { entries, item, type } = unwrapped(node);
  const isMap = entries !== undefined || type === 'record';
  if (input === null || input === undefined) {
    if (groupOrNone(item) !== undefined) return [];
    return isMap && !isNullable(node) ? {} : input;
  }
  if (Array.isArray(input)) {
    if (isMap) return false;
    return item === undefined ? input : input.map((value) => normalForm(item, value));
  }
  if (typeof input !== 'object' || entries === undefined) return input;
  return Object.fromEntries(
    Object.entries(input).map(([key, value]) => {
      return [key, Object.hasOwn(entries, key) ? normalForm(entries[key], value) : value];
    }),
  );
}
