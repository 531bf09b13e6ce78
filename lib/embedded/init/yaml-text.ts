// biome-ignore-all lint/suspicious/noControlCharactersInRegex: they are what is looked for
/** What YAML reads as text without quotes, and nobody takes for anything else. */
const PLAIN = /^[A-Za-z_/][\w ./%*()+-]*$/;
const WORDS = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

/** A value as YAML on one line; texts in quotes only where they need them. */
export function yamlValue(value: YamlValue): string {
  if (typeof value === 'string') return yamlString(value);
  if (Array.isArray(value)) return `[${value.map(yamlValue).join(', ')}]`;
  if (value !== null && typeof value === 'object') {
    const pairs = Object.entries(value).map(
      ([key, item]) => `${yamlString(key)}: ${yamlValue(item)}`,
    );
    return `{${pairs.join(', ')}}`;
  }
  return String(value);
}

export type YamlValue =
  | string
  | number
  | boolean
  | null
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue };

function yamlString(text: string): string {
  const isPlain = PLAIN.test(text) && !WORDS.test(text) && !/ $| #|[*]$/.test(text);
  if (isPlain || /^orders\/[\w./*-]+$/.test(text)) return text;
  return JSON.stringify(text).replace(
    /[\x7f-\xa0\u2000-\u202f\u2066-\u2069\ufeff]/g,
    (character) => {
      return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
    },
  );
}

/** Text in a comment: one line, without characters that act. */
export function commentText(text: string): string {
  return text.replace(/[\0-\x1f\x7f-\x9f\u2028\u2029]+/g, ' ').slice(0, 200);
}

/** A line of a config with its comment behind it. */
export function withComment(line: string, comment: string | null): string {
  return comment === null ? line : `${line} # ${commentText(comment)}`;
}

/** A number of records in words: `1 record`, `12 records`. */
export function recordsText(count: number): string {
  return count === 1 ? '1 record' : `${count} records`;
}
