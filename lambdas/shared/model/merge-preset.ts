type Keys = Readonly<Record<string, unknown>>;

/** Groups of a mapping whose keys replace those of a preset one by one. */
const MERGED_GROUPS = ['dialect', 'fields'];

/**
 * A config, not yet validated, with the presets of its mappings filled in: keys beside `preset`
 * replace the preset's own, in `dialect` key by key, in `fields` field by field. A group left empty
 * (null in YAML) replaces nothing. What is no list of mappings, or names no preset, stays as it is:
 * validation says what is wrong. Never throws; changes neither argument.
 */
export function withPresets(config: unknown, presets: Readonly<Record<string, object>>): unknown {
  if (!isKeys(config) || !Array.isArray(config.input)) return config;
  const input = config.input.map((mapping) =>
    isKeys(mapping) ? filled(mapping, presets) : mapping,
  );
  return { ...config, input };
}

function filled(mapping: Keys, presets: Readonly<Record<string, object>>): Keys {
  const { preset } = mapping;
  if (typeof preset !== 'string' || !Object.hasOwn(presets, preset)) return mapping;
  const base: Keys = { ...presets[preset] };
  const merged: Record<string, unknown> = { ...base, ...mapping };
  for (const group of MERGED_GROUPS) {
    const own = mapping[group] ?? {};
    const given = base[group];
    if (isKeys(own) && isKeys(given)) merged[group] = { ...given, ...own };
  }
  return merged;
}

function isKeys(value: unknown): value is Keys {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
