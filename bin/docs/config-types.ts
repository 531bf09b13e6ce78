import { CONFIG_OF_STACK } from '../../lib/aws/cdk/config-of-stack.ts';
import { configJsonSchema } from './reference-docs.ts';

interface SchemaNode {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly SchemaNode[];
  readonly items?: SchemaNode;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
}

const WIDTH = 100;
const NOTICE =
  '// Made by `npm run docs:generate` from the schema of the config; edit that instead.';

/**
 * TypeScript types of the config as it is written, each key with its description from
 * docs/config.md.
 */
export function configTypes(): string {
  const schema = JSON.parse(configJsonSchema()) as SchemaNode;
  const keys = members(schema, '', '  ');
  return (
    `${NOTICE}\n\n/** The config as it is written. Without what the stack says: account, region, tags. */\n` +
    `export interface TandemConfig {\n${keys}}\n`
  );
}

/** Members of an object, each key on lines of its own. */
function members(
  { properties = {}, required = [] }: SchemaNode,
  path: string,
  indent: string,
): string {
  return Object.entries(properties)
    .map(([key, node]) => ({ key, name: `${path}${key}`, node }))
    .filter(({ name }) => !Object.hasOwn(CONFIG_OF_STACK, name))
    .map(({ key, name, node }) => {
      const type = typeOf(node, `${name}.`, indent);
      const mark = required.includes(key) ? '' : '?';
      return `${comment(node, indent)}${indent}readonly ${key}${mark}: ${type};\n`;
    })
    .join('');
}

function typeOf(node: SchemaNode, path: string, indent: string): string {
  if (node.properties !== undefined) {
    return `{\n${members(node, path, `${indent}  `)}${indent}}`;
  }
  if (node.enum !== undefined) return node.enum.map((text) => `'${text}'`).join(' | ');
  if (node.anyOf !== undefined) {
    const types = node.anyOf.map((one) => typeOf(one, path, indent));
    return [...new Set(types)].join(' | ');
  }
  if (node.type === 'array') return `readonly (${typeOf(node.items ?? {}, path, indent)})[]`;
  if (node.type === 'object' && typeof node.additionalProperties === 'object') {
    return `Readonly<Record<string, ${typeOf(node.additionalProperties, path, indent)}>>`;
  }
  const name = String(node.type);
  const simple: Readonly<Record<string, string>> = { integer: 'number', number: 'number' };
  return simple[name] ?? name;
}

/** For a key that may be null, the schema describes the other kind. */
function descriptionOf({ description, anyOf = [] }: SchemaNode): string {
  return description ?? anyOf.find((one) => one.description !== undefined)?.description ?? '';
}

function comment(node: SchemaNode, indent: string): string {
  const { default: value, properties } = node;
  const width = WIDTH - indent.length - 3;
  const lines = wrapped(descriptionOf(node).replaceAll('*/', '* /'), width);
  if (properties === undefined && value !== undefined) {
    const text = JSON.stringify(value, null, 1).replace(/\s*\n\s*/g, ' ');
    lines.push(...wrapped(`@default ${text}`, width));
  }
  const single = `${indent}/** ${lines[0]} */`;
  if (lines.length === 1 && single.length <= WIDTH) return `${single}\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}\n`).join('')}${indent} */\n`;
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && `${last} ${word}`.length <= width)
      lines.push(`${lines.pop()} ${word}`);
    else lines.push(word);
  }
  return lines;
}
