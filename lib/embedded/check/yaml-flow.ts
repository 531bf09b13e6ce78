/** What a suggestion puts into the config. */
export type ConfigValue =
  | string
  | number
  | boolean
  | null
  | readonly ConfigValue[]
  | { readonly [key: string]: ConfigValue };

/** Plain words that YAML takes for something else than text. */
const OTHER_WORDS = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

/** A value as one line of YAML in flow style; text keeps its meaning whatever it holds. */
export function yamlFlow(value: ConfigValue): string {
  if (typeof value === 'string') return scalar(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(yamlFlow).join(', ')}]`;
  return `{${pairs(value as { readonly [key: string]: ConfigValue })}}`;
}

/** Keys and values as `yamlFlow` writes them, without braces around: lines of a block. */
export function pairs(values: { readonly [key: string]: ConfigValue }): string {
  return Object.entries(values)
    .map(([key, value]) => `${scalar(key)}: ${yamlFlow(value)}`)
    .join(', ');
}

function scalar(text: string): string {
  if (/^[A-Za-z_]\w*$/.test(text) && !OTHER_WORDS.test(text)) return text;
  // JSON's escapes are YAML's; what cannot be seen is written as one.
  return JSON.stringify(text).replace(/[^\x20-\x7e\p{L}\p{M}\p{Sc}]/gu, (character) =>
    [...character].map(escaped).join(''),
  );
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff
    ? `\\U${code.toString(16).padStart(8, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}
