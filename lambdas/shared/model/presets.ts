/** A mapping as the config holds it, but for `match` (contract §1.3). */
export interface PresetMapping {
  readonly encoding?: string | null;
  readonly dialect?: Readonly<Record<string, unknown>>;
  readonly missingValues?: readonly string[] | null;
  readonly fields?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly fillDown?: { readonly by: string; readonly fields: string | readonly string[] } | null;
}

/** Mappings that Tandem ships, by the name that `preset` gives. */
export const PRESETS: Readonly<Record<string, PresetMapping>> = {};
