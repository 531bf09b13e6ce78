import { isMap, isScalar, parseDocument } from 'yaml';

/**
 * A config with another `input`: all other text stays as it is, comments included. An empty config
 * becomes `block` alone. Null: the text is not YAML with keys, so nothing in it can be kept.
 */
export function mergeInput(config: string, block: string): string | null {
  const document = parseDocument(config, { logLevel: 'silent' });
  if (document.errors.length > 0) return null;
  const { contents } = document;
  if (contents === null) return config.trim() === '' ? block : `${endedLine(config)}\n${block}`;
  if (!isMap(contents) || contents.flow === true) return null;
  const at = contents.items.findIndex(({ key }) => isScalar(key) && key.value === 'input');
  if (at < 0) return `${endedLine(config)}${config.endsWith('\n\n') ? '' : '\n'}${block}`;
  const startOf = (index: number) => {
    const { key } = contents.items[index];
    return isScalar(key) ? (key.range?.[0] ?? 0) : 0;
  };
  const start = startOf(at);
  const next = at + 1 < contents.items.length ? startOf(at + 1) : config.length;
  const end = start + ownLength(config.slice(start, next));
  return config.slice(0, start) + block + config.slice(end);
}

/** Comments at the left edge, and blank lines, belong to what comes after them. */
function ownLength(text: string): number {
  const lines = text.split('\n');
  if (text.endsWith('\n')) lines.pop();
  while (lines.length > 1 && /^(?:#.*)?\r?$/.test(lines.at(-1) ?? '')) lines.pop();
  const length = lines.join('\n').length;
  return text[length] === '\n' ? length + 1 : length;
}

function endedLine(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}

/**
 * Lines that are only in one of two texts, in order, with `- ` or `+ ` in front; lines in both at
 * the beginning and the end are left out.
 */
export function differingLines(before: string, after: string): string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let front = 0;
  while (front < old.length && front < now.length && old[front] === now[front]) front++;
  let back = 0;
  const rest = Math.min(old.length, now.length) - front;
  while (back < rest && old[old.length - 1 - back] === now[now.length - 1 - back]) back++;
  return [
    ...old.slice(front, old.length - back).map((line) => `- ${line}`),
    ...now.slice(front, now.length - back).map((line) => `+ ${line}`),
  ];
}
