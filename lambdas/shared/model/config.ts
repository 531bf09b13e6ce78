import * as v from 'valibot';
import { aws, publish } from './config-aws.ts';
import { batch } from './config-batch.ts';
import { input } from './config-input.ts';
import { normalForm } from './config-nodes.ts';
import { type ConfigProblem, describeIssues } from './config-problems.ts';
import { reconcile } from './config-reconcile.ts';
import { rules } from './config-rules.ts';
import { stream } from './config-stream.ts';
import { day, duration, group, oneOf, path, rate, wholeNumber } from './config-values.ts';
import { UsageError } from './errors.ts';
import { withPresets } from './merge-preset.ts';
import { PRESETS } from './presets.ts';

/**
 * The single source of config keys with their defaults, limits and descriptions. Keys are public
 * (contract §6): `docs/config.md`, the editor schema and error texts are generated from it.
 */

const paths = v.pipe(
  v.strictObject({
    landing: v.optional(
      path('folder that batch reads: orders/, customers/ and products/'),
      'data/landing',
    ),
    lake: v.optional(path('folder of tables and manifests'), 'data/lake'),
    stream: v.optional(path('folder of the local stream'), 'data/stream'),
  }),
  group('Folders. Relative paths start at the current directory.'),
);

const windows = v.pipe(
  v.strictObject({
    length: v.optional(duration('1m', '1d', 'length of one window of window_revenue'), '10m'),
  }),
  group('Tumbling windows of event time, aligned to 1970-01-01T00:00Z.'),
  v.transform(({ length }) => ({ lengthMs: length })),
);

const parquet = v.pipe(
  v.strictObject({
    codec: v.optional(oneOf(['zstd', 'snappy', 'none'], 'compression of Parquet pages'), 'zstd'),
    zstdLevel: v.optional(wholeNumber(1, 19, 'zstd level; higher is smaller and slower'), 1),
    encoding: v.optional(
      oneOf(
        ['compact', 'plain'],
        'plain: no dictionary or delta encodings, for readers that lack them',
      ),
      'compact',
    ),
    rowGroupRows: v.optional(wholeNumber(1, 1_048_576, 'maximum rows per row group'), 131_072),
  }),
  group('Parquet files of the tables.'),
);

/** A spelling goes into the CSV as it is, so nothing in it may need quotes. */
const isPlainCsvText = (text: string) => /^[!#-+\--~][ !#-+\--~]{0,31}$/.test(text);

const GENERATED_STATUSES = [
  'completed',
  'COMPLETED',
  'Complete',
  'done',
  'pending',
  'Pending',
  'PENDING',
  'processing',
  'in_progress',
  'In Progress',
  'cancelled',
  'Canceled',
  'CANCELLED',
];

/** The first of each pair may not be above the second. */
const RANGES = [
  ['from', 'to'],
  ['quantityMin', 'quantityMax'],
  ['priceMinCents', 'priceMaxCents'],
  ['duplicateDelayMin', 'duplicateDelayMax'],
] as const;

const generate = v.pipe(
  v.strictObject({
    products: v.optional(wholeNumber(1, 1_000_000, 'number of products, named p1, p2, …'), 50),
    customers: v.optional(wholeNumber(1, 1_000_000, 'number of customers, named c1, c2, …'), 1_000),
    from: v.optional(day('first day of event times'), '2026-01-01'),
    to: v.optional(day('last day of event times, inclusive'), '2026-01-31'),
    quantityMin: v.optional(wholeNumber(1, 100_000, 'minimum quantity of an order'), 1),
    quantityMax: v.optional(wholeNumber(1, 100_000, 'maximum quantity of an order'), 10),
    priceMinCents: v.optional(wholeNumber(1, 99_999_999, 'minimum price, in cents'), 500),
    priceMaxCents: v.optional(wholeNumber(1, 99_999_999, 'maximum price, in cents'), 50_000),
    duplicateRate: v.optional(rate('share of orders that are sent twice'), 0.02),
    duplicateDelayMin: v.optional(duration('1s', '1d', 'minimum delay of a duplicate'), '10s'),
    duplicateDelayMax: v.optional(duration('1s', '1d', 'maximum delay of a duplicate'), '300s'),
    negativeQuantityRate: v.optional(rate('share of orders with a negative quantity'), 0.05),
    negativePriceRate: v.optional(rate('share of orders with a negative price'), 0.05),
    missingIdRate: v.optional(rate('share of orders without order_id'), 0.01),
    disorderRate: v.optional(
      rate('share of orders that arrive earlier or later than their event time'),
      0.05,
    ),
    disorderEarlyMax: v.optional(
      duration('0s', '1d', 'maximum time such an order arrives before its event time'),
      '1m',
    ),
    disorderLateMax: v.optional(
      duration('0s', '1d', 'maximum time such an order arrives after its event time'),
      '60m',
    ),
    statuses: v.optional(
      v.pipe(
        v.array(v.pipe(v.string(), v.check(isPlainCsvText))),
        v.minLength(1),
        v.maxLength(256),
        v.metadata({
          description: 'spellings of the status, each equally likely',
          allowed: 'a list of 1 to 256 ASCII texts of up to 32 characters, without comma or quote',
        }),
      ),
      GENERATED_STATUSES,
    ),
  }),
  group('What `tandem generate` writes.'),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    for (const [low, high] of RANGES) {
      const { [low]: lowest, [high]: value } = dataset.value;
      if (lowest <= value) continue;
      const path = { type: 'object', origin: 'value', input: dataset.value, key: high, value };
      addIssue({ message: `not less than generate.${low}`, path: [path as v.ObjectPathItem] });
    }
  }),
  v.transform(
    ({ duplicateDelayMin, duplicateDelayMax, disorderEarlyMax, disorderLateMax, ...rest }) => ({
      ...rest,
      duplicateDelayMinMs: duplicateDelayMin,
      duplicateDelayMaxMs: duplicateDelayMax,
      disorderEarlyMaxMs: disorderEarlyMax,
      disorderLateMaxMs: disorderLateMax,
    }),
  ),
);

/** Defaults apply to every group that is left out, or to the whole config. */
export const CONFIG_SCHEMA = v.pipe(
  v.strictObject({
    paths: v.optional(paths, {}),
    batch: v.optional(batch, {}),
    windows: v.optional(windows, {}),
    stream: v.optional(stream, {}),
    publish: v.optional(publish, {}),
    reconcile: v.optional(reconcile, {}),
    aws: v.optional(aws, {}),
    input: v.optional(input, []),
    rules: v.optional(rules, {}),
    parquet: v.optional(parquet, {}),
    generate: v.optional(generate, {}),
  }),
  group('The config of Tandem.'),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { stream: times, windows: grid } = dataset.value;
    if (times.dedupeHorizonMs >= grid.lengthMs) return;
    const at = (key: string, value: unknown) =>
      ({ type: 'object', origin: 'value', input: dataset.value, key, value }) as v.ObjectPathItem;
    const path: [v.ObjectPathItem, v.ObjectPathItem] = [
      at('stream', times),
      at('dedupeHorizon', times.dedupeHorizonMs),
    ];
    addIssue({ message: 'at least windows.length', path });
  }),
);

/** Parsed: durations are milliseconds (names end in `Ms`), sizes are bytes. */
export type Config = v.InferOutput<typeof CONFIG_SCHEMA>;

export type CheckedConfig =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Validates a config, its presets filled in, and reports every problem, not only the first. */
export function checkConfig(input: unknown): CheckedConfig {
  const whole = withPresets(input, PRESETS);
  const result = v.safeParse(CONFIG_SCHEMA, normalForm(CONFIG_SCHEMA, whole));
  if (result.success) return { ok: true, config: result.output };
  return { ok: false, problems: describeIssues(CONFIG_SCHEMA, whole, result.issues) };
}

/**
 * Validates a config and fills in defaults. Throws `UsageError` (`config_invalid`) naming each
 * wrong key, its value and what is allowed.
 */
export function parseConfig(input: unknown): Config {
  const checked = checkConfig(input);
  if (checked.ok) return checked.config;
  const messages = checked.problems.map((problem) => problem.message);
  throw new UsageError('config_invalid', messages.join('; '));
}

export const DEFAULT_CONFIG: Config = parseConfig({});
