import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import { type Command, Option } from 'commander';
import { FileObjectStore } from '../../lambdas/shared/adapters/local/file-object-store.ts';
import { TerminalError, UsageError } from '../../lambdas/shared/model/errors.ts';
import { PRESET_NOTES, PRESETS } from '../../lambdas/shared/model/presets.ts';
import { isTimeZone } from '../../lambdas/shared/model/time-zone.ts';
import type { DateOrder } from '../../lib/embedded/init/detect-time.ts';
import type { InitPresets } from '../../lib/embedded/init/match-preset.ts';
import { differingLines, mergeInput } from '../../lib/embedded/init/merge-config.ts';
import {
  type LookedAt,
  lookAtFiles,
  type OpenQuestions,
  proposeConfig,
  questionsOf,
} from '../../lib/embedded/init/propose-config.ts';
import type { Answers } from '../../lib/embedded/init/propose-fields.ts';
import type { OrderFile } from '../../lib/embedded/init/read-text.ts';
import { sizeOf } from '../../lib/embedded/init/scan-group.ts';
import type {
  CommandContext,
  CommandResult,
  CommonOptions,
  StartCommand,
} from '../base/command.ts';
import { configOf, DEFAULT_CONFIG_FILE } from '../options/config-file.ts';
import { pathOption } from '../options/option-values.ts';
import { initText, presetsText, type Written } from '../text/init-text.ts';
import { createProgress } from '../text/progress.ts';
import { visible } from '../text/visible-text.ts';

interface InitCommandOptions extends CommonOptions {
  readonly from?: readonly string[];
  readonly out?: string;
  readonly dateOrder?: DateOrder;
  readonly timeZone?: string;
  readonly presets?: true;
  readonly yes?: true;
  readonly force?: true;
}

/** Presets, and a line about each. */
interface ShippedPresets {
  readonly mappings: InitPresets;
  readonly notes: Readonly<Record<string, { readonly title: string; readonly reads: string }>>;
}

const DESCRIPTION =
  'Look at files of orders and write a config that reads them.\n\n' +
  'Finds the encoding, the delimiter, the header, the column of each field, the form of times ' +
  'and numbers, what tells records apart, and the statuses, over all records. Writes the key ' +
  'input with a comment for each guess, and says what to check. Other keys of the config stay. ' +
  'An input that differs is shown, and only replaced with --force.';

const EXAMPLES = `
Examples:
  $ tandem init --from export.csv
  $ tandem init --from data/landing/orders/*.csv --out shop.yaml
  $ tandem init --from export.csv --date-order dmy --time-zone Europe/Berlin
  $ tandem init --presets                        exports that Tandem knows by name

Questions are asked on a terminal. Without one, or with --yes, times that name no zone are read as
UTC, and a date such as 01/02/2026 fails until --date-order says which part is the day.
`;

/** The presets of this version. */
const SHIPPED: ShippedPresets = { mappings: PRESETS, notes: PRESET_NOTES };

/** Adds `tandem init`: options, help and action. */
export function defineInit(command: Command, start: StartCommand): void {
  command
    .description(DESCRIPTION)
    .option('--from <file...>', 'files to look at (required)')
    .option(
      '--out <file>',
      `config to write (default: --config, or ${DEFAULT_CONFIG_FILE})`,
      pathOption,
    )
    .addOption(
      new Option(
        '--date-order <order>',
        'of 01/02/2026: dmy is 1 February, mdy is January 2',
      ).choices(['dmy', 'mdy']),
    )
    .option('--time-zone <zone>', 'of times that name no zone (default: UTC)', timeZoneOption)
    .option('--presets', 'list the exports that Tandem knows by name')
    .option('--yes', 'ask nothing; take the defaults')
    .option('--force', 'replace an input that differs')
    .addHelpText('after', EXAMPLES)
    .action(async (options: InitCommandOptions) => {
      // A config that is yet to be written cannot be read first.
      const { config, ...others } = options;
      const isNew = config !== undefined && !existsSync(config);
      const file = options.out ?? config ?? DEFAULT_CONFIG_FILE;
      await start(isNew ? others : options, (context) => init(options, file, SHIPPED, context));
    });
}

function timeZoneOption(zone: string): string {
  if (isTimeZone(zone)) return zone;
  throw new UsageError('usage', `--time-zone ${zone} is no IANA time zone, such as Europe/Berlin`);
}

async function init(
  options: InitCommandOptions,
  file: string,
  { mappings, notes }: ShippedPresets,
  context: CommandContext,
): Promise<CommandResult> {
  if (options.presets === true) return { json: { presets: notes }, text: presetsText(notes) };
  if (options.from === undefined) {
    const message = '--from FILE… is missing: files of orders to look at';
    throw new UsageError('option_missing', message);
  }
  const looked = await lookWithProgress(filesOf(options.from, context), context);
  const questions = questionsOf(looked, mappings);
  const answers = await answersTo(questions, options, context);
  const proposed = proposeConfig(looked, answers, mappings);
  const { written, config, difference } = await write(file, proposed.block, options.force === true);
  const open = proposed.groups.flatMap(({ open }) => open);
  return {
    json: {
      config,
      file,
      written,
      findings: proposed.groups.flatMap(({ match, findings }) =>
        findings.map((finding) => ({ match, ...finding })),
      ),
      questions: questionList(questions, answers, open),
    },
    text: initText(proposed, { file, written, difference }),
    exitCode: open.length > 0 || written === 'refused' ? 1 : 0,
  };
}

function filesOf(names: readonly string[], { config }: CommandContext): OrderFile[] {
  const landing = resolve(config.paths.landing);
  return [...new Set(names)].map((name) => {
    const below = relative(landing, resolve(name)).split(sep).join('/');
    const landingKey = below.startsWith('orders/') ? below : null;
    return { name, store: new FileObjectStore(dirname(name)), key: basename(name), landingKey };
  });
}

async function lookWithProgress(
  files: readonly OrderFile[],
  context: CommandContext,
): Promise<LookedAt[]> {
  const progress = await createProgress(context);
  try {
    const total = await sizeOf(files);
    let done = 0;
    return await lookAtFiles(files, {
      signal: context.signal,
      onBytes: (bytes) => {
        done += bytes;
        // Packed files are longer than they look, and some are read twice.
        progress.show({ stage: 'look', done, total: Math.max(done, total), unit: 'bytes' });
      },
    });
  } finally {
    progress.stop();
  }
}

/** Asks on a terminal what nobody said. Throws `UsageError` `date_order_unknown` without one. */
async function answersTo(
  questions: OpenQuestions,
  { dateOrder, timeZone, yes }: InitCommandOptions,
  { io }: CommandContext,
): Promise<Answers> {
  const ask = yes === true ? null : io.ask;
  let order = dateOrder ?? null;
  if (order === null && questions.dateOrder !== null) {
    const example = visible(questions.dateOrder);
    const answer = await ask?.(`Is ${example} day first (dmy) or month first (mdy)? `);
    const given = answer?.trim().toLowerCase();
    if (given !== 'dmy' && given !== 'mdy') {
      const message =
        `${example} may be day or month first, and no value decides: ` +
        'say --date-order dmy or --date-order mdy';
      throw new UsageError('date_order_unknown', message);
    }
    order = given;
  }
  if (timeZone !== undefined || questions.timeZone === null || ask === null) {
    return { dateOrder: order, timeZone: timeZone ?? null };
  }
  const example = visible(questions.timeZone);
  const zone = (await ask(`Time zone of ${example}, such as Europe/Berlin (UTC): `)).trim();
  return { dateOrder: order, timeZone: zone === '' ? null : timeZoneOption(zone) };
}

function questionList(
  { timeZone }: OpenQuestions,
  answers: Answers,
  open: readonly string[],
): { what: string; text: string }[] {
  const isZoneOpen = timeZone !== null && answers.timeZone === null;
  return [
    ...open.map((field) => ({ what: field, text: `which column is ${field}?` })),
    ...(isZoneOpen
      ? [{ what: 'time_zone', text: `which zone is ${timeZone} in? UTC is assumed (--time-zone)` }]
      : []),
  ];
}

/** Writes the config, unless it says so already, or says something else. */
async function write(
  file: string,
  block: string,
  isForced: boolean,
): Promise<{ written: Written; config: string; difference: readonly string[] }> {
  const before = await textOf(file);
  const merged = before === null ? block : mergeInput(before, block);
  const config = merged ?? block;
  await configOf(config, file);
  if (before === config) return { written: 'unchanged', config, difference: [] };
  const difference = differingLines(before ?? '', config);
  if (before !== null && before.trim() !== '' && !isForced) {
    return { written: 'refused', config, difference };
  }
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, config);
  } catch (cause) {
    const message = `cannot write ${file}: ${(cause as Error).message}`;
    throw new TerminalError('storage_error', message, { cause });
  }
  return { written: 'written', config, difference };
}

/** Null: there is no such file. */
async function textOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    const message = `config file ${file} cannot be read: ${(cause as Error).message}`;
    throw new UsageError('config_not_found', message, { cause });
  }
}
