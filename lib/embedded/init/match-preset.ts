import { ownName } from './column-names.ts';

/** A mapping that Tandem ships: as the config holds it, but for `match`. */
export interface InitPreset {
  readonly dialect?: Readonly<Record<string, unknown>>;
  readonly fields?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly fillDown?: { readonly by: string; readonly fields: string | readonly string[] } | null;
}

/** Presets by name. */
export type InitPresets = Readonly<Record<string, InitPreset>>;

/** A preset that names fewer columns would fit too many files. */
const MIN_COLUMNS = 4;

/**
 * The name of the preset whose columns are all in the header; of several the one that names most.
 * Null: there is none. Presets of files without a header never match.
 */
export function matchPreset(columns: readonly string[], presets: InitPresets): string | null {
  const names = new Set(columns.map(ownName));
  let best: { name: string; count: number } | null = null;
  for (const [name, preset] of Object.entries(presets)) {
    const wanted = columnsOf(preset);
    const fits = [...wanted].every((column) => names.has(ownName(column)));
    if (!fits || wanted.size < MIN_COLUMNS || preset.dialect?.header === false) continue;
    if (best === null || wanted.size > best.count) best = { name, count: wanted.size };
  }
  return best?.name ?? null;
}

function columnsOf({ fields = {}, fillDown }: InitPreset): Set<string> {
  const named = Object.values(fields).flatMap(({ from }) => textsOf(from));
  const filled = fillDown == null ? [] : [fillDown.by, ...textsOf(fillDown.fields)];
  return new Set([...named, ...filled]);
}

/** A text, or a list of them; anything else names no column. */
function textsOf(value: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((item): item is string => typeof item === 'string');
}
