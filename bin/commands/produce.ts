import { tmpdir } from 'node:os';
import { basename, dirname } from 'node:path';
import type { Command } from 'commander';
import { FileObjectStore } from '../../lambdas/shared/adapters/local/file-object-store.ts';
import { LocalEventStream } from '../../lambdas/shared/adapters/local/local-event-stream.ts';
import { InputForms } from '../../lambdas/shared/ingest/mapping/input-form.ts';
import { TerminalError } from '../../lambdas/shared/model/errors.ts';
import type { EventStream } from '../../lambdas/shared/ports/event-stream.ts';
import { SystemClock } from '../../lambdas/shared/runtime/clock.ts';
import { SystemRandomness } from '../../lambdas/shared/runtime/randomness.ts';
import type { InputFile } from '../../lib/common/input-file.ts';
import { landingKeyOf } from '../../lib/common/landing-key.ts';
import {
  type ProduceProgress,
  ProduceTally,
  produceRecords,
} from '../../lib/embedded/produce/produce-records.ts';
import { assertProducible } from '../../lib/embedded/produce/producible.ts';
import type {
  CommandContext,
  CommandResult,
  CommonOptions,
  StartCommand,
} from '../base/command.ts';
import { InterruptedError, PartlyDoneError } from '../base/failure.ts';
import { wholeNumberOption } from '../options/option-values.ts';
import { addStreamOption } from '../options/stream-options.ts';
import { addTargetOption, assertNoneOf, openAws, type TargetOptions } from '../options/target.ts';
import { rateText, sentText, shardTable, skippedTable } from '../text/produce-text.ts';
import { produceWarnings, produceWarningText } from '../text/produce-warnings.ts';
import { createProgress } from '../text/progress.ts';
import { counted, secondsText } from '../text/text-table.ts';
import { visible } from '../text/visible-text.ts';

const DEFAULT_SHARDS = 2;
const MAX_SHARDS = 1_000;
const MAX_RATE = 10_000_000;
/** Memory for sorting records; more go to a temporary file. */
const SORT_MEMORY_BYTES = 64 * 1024 * 1024;

interface ProduceCommandOptions extends CommonOptions, TargetOptions {
  readonly stream?: string;
  readonly shards?: number;
  readonly rate?: number;
  readonly unordered?: true;
  readonly sort?: true;
}

const DESCRIPTION =
  'Send the records of CSV or NDJSON files, plain or gzip, to the stream, in file order.\n\n' +
  'The format is detected by content. A CSV row becomes a JSON object of its values as ' +
  'text, without missing ones; a row that cannot be read is sent as its bytes; NDJSON ' +
  'lines are sent as they are. The partition key is the order id. All files are checked ' +
  'first: if batch would reject one, nothing is sent. Records over 1 MiB are listed and ' +
  'not sent.';

const EXAMPLES = `
Examples:
  $ tandem produce data/landing/orders/*.csv
  $ tandem produce events.ndjson.gz --stream data/other --shards 8
  $ tandem produce data/landing/orders/*.csv --rate 2000       run tandem stream in another terminal
  $ tandem produce export.csv --sort                           an export with the newest order first
  $ tandem produce data/landing/orders/*.csv --target aws

Order: a stream does not keep the order within one request. So each request spans at most half of
stream.watermarkDelay in event time, holds an order id once, and is sent only after the previous one
was accepted in full. --unordered lifts these limits: faster on AWS, but records may arrive late,
and a different copy of a duplicate may win. produce warns if a file goes back in time by more than
stream.watermarkDelay, because its records may be late. --sort avoids that; what does not fit into
memory goes to the temporary folder.
`;

/** Adds `tandem produce`: options, help and action. */
export function defineProduce(command: Command, start: StartCommand): void {
  command.description(DESCRIPTION).argument('<file...>', 'files to send, in this order');
  addStreamOption(command)
    .option(
      '--shards <n>',
      `shards of a new stream (default: ${DEFAULT_SHARDS}); must match an existing stream`,
      wholeNumberOption(1, MAX_SHARDS),
    )
    .option(
      '--rate <n>',
      'maximum records per second (default: no limit)',
      wholeNumberOption(1, MAX_RATE),
    )
    .option('--unordered', 'fill each request without regard to event-time order')
    .option('--sort', 'send the records of all files in order of event time');
  addTargetOption(command)
    .addHelpText('after', EXAMPLES)
    .action((names: string[], options: ProduceCommandOptions) =>
      start(options, (context) => produce(names, options, context)),
    );
}

async function produce(
  names: readonly string[],
  options: ProduceCommandOptions,
  context: CommandContext,
): Promise<CommandResult> {
  const place =
    options.target === 'aws' ? awsPlace(options, context) : localPlace(options, context);
  const forms = new InputForms(context.config);
  const files = names.map((name) => inputFileOf(name, forms));
  const produced = await produceInto(place, { ...options, files }, context);
  const { tally, durationMs } = produced;
  const warnings = produceWarnings(tally, context.config);
  for (const warning of warnings)
    context.io.writeErr(`tandem: warning: ${produceWarningText(warning)}\n`);
  return {
    json: { ...produceJson(place.name(), produced), warnings },
    text:
      `${sentText(tally)} to ${place.name()} in ${secondsText(durationMs)}` +
      `${rateText(tally, durationMs)}\n\n${shardTable(tally)}${skippedTable(tally)}\n` +
      `next: npx tandem ${place.next}\n`,
    exitCode: tally.skippedCount > 0 ? 1 : 0,
  };
}

function inputFileOf(name: string, forms: InputForms): InputFile {
  const form = forms.of(landingKeyOf(name));
  assertProducible(name, form, forms.events);
  return { name, store: new FileObjectStore(dirname(name)), key: basename(name), form };
}

export interface Produced {
  readonly tally: ProduceTally;
  readonly shardCount: number;
  readonly durationMs: number;
}

/** A stream that is opened once all files have been looked at. */
interface ProducePlace {
  /** A folder, or the name by which Kinesis knows the stream. */
  readonly name: () => string;
  readonly next: string;
  readonly open: () => Promise<EventStream>;
  readonly close: () => void;
}

function localPlace(
  { stream, shards }: Pick<ProduceCommandOptions, 'stream' | 'shards'>,
  { config }: CommandContext,
): ProducePlace {
  const dir = stream ?? config.paths.stream;
  let opened: LocalEventStream | null = null;
  return {
    name: () => dir,
    next: `stream --until-idle${stream === undefined ? '' : ` --stream ${dir}`}`,
    async open() {
      opened = await openForProduce(dir, config.stream.name, shards);
      return opened;
    },
    close: () => opened?.close(),
  };
}

function awsPlace(options: ProduceCommandOptions, context: CommandContext): ProducePlace {
  assertNoneOf({ ...options }, ['stream', 'shards']);
  let name = context.config.stream.name;
  return {
    name: () => name,
    next: 'status --target aws',
    async open() {
      const { stream, outputs } = await openAws(context);
      name = outputs.StreamName;
      return stream;
    },
    close: () => undefined,
  };
}

const SORT = { temporaryDir: tmpdir(), memoryBytes: SORT_MEMORY_BYTES };

/** An id counts once: its window is over or its claim holds when it comes again (contract §4). */
const AGAIN =
  'fix the cause and run the same command again: records sent twice become duplicate or late, ' +
  'and count once';

interface ProduceSettings {
  readonly files: readonly InputFile[];
  readonly rate?: number;
  readonly unordered?: true;
  readonly sort?: true;
}

/**
 * Sends files to a local stream with a progress bar; `demo` uses it too. Throws `InterruptedError`
 * with the number of records sent.
 */
export async function produceWithProgress(
  { streamDir, shards, files }: { streamDir: string; shards: number; files: readonly InputFile[] },
  context: CommandContext,
): Promise<Produced> {
  return await produceInto(localPlace({ stream: streamDir, shards }, context), { files }, context);
}

async function produceInto(
  place: ProducePlace,
  options: ProduceSettings,
  context: CommandContext,
): Promise<Produced> {
  const { config, io, signal } = context;
  const clock = new SystemClock();
  const startedAtMs = performance.now();
  const progress = await createProgress(context);
  const tally = new ProduceTally();
  let stream: EventStream | null = null;
  try {
    const openStream = async () => {
      stream = await place.open();
      return stream;
    };
    await produceRecords(
      {
        files: options.files,
        openStream,
        clock,
        randomness: new SystemRandomness(),
        watermarkDelayMs: config.stream.watermarkDelayMs,
        maxAheadMs: config.stream.maxAheadMs,
        sort: options.sort === true ? SORT : null,
        isUnordered: options.unordered === true,
        ratePerSec: options.rate ?? null,
        signal,
        onProgress: (step) => progress.show(progressStep(step)),
        onRetry: ({ records, message, pauseMs }) =>
          io.writeErr(
            `tandem: retrying ${counted(records, 'record')} in ${secondsText(pauseMs)}: ${visible(message)}\n`,
          ),
      },
      tally,
    );
    const shardCount = (await openShards(stream)) ?? 0;
    return { tally, shardCount, durationMs: performance.now() - startedAtMs };
  } catch (error) {
    if (!signal.aborted && tally.records === 0) throw error;
    if (!signal.aborted)
      throw new PartlyDoneError(`${sentText(tally)} before that; ${AGAIN}`, error);
    throw new InterruptedError(`interrupted; ${sentText(tally)}`, { cause: error });
  } finally {
    progress.stop();
    place.close();
  }
}

async function openShards(stream: EventStream | null): Promise<number | undefined> {
  const shards = await stream?.listShards();
  const parents = new Set(shards?.flatMap(({ parentShardIds }) => parentShardIds));
  return shards?.filter(({ shardId }) => !parents.has(shardId)).length;
}

/** Without a number of shards an existing stream keeps its own. */
async function openForProduce(dir: string, name: string, shards: number | undefined) {
  const options = { dir, name, clock: new SystemClock() };
  if (shards !== undefined) return await LocalEventStream.open({ ...options, shardCount: shards });
  try {
    return await LocalEventStream.open(options);
  } catch (error) {
    if (!(error instanceof TerminalError) || error.code !== 'stream_not_found') throw error;
    return await LocalEventStream.open({ ...options, shardCount: DEFAULT_SHARDS });
  }
}

function progressStep({ stage, records, bytesDone, bytesTotal }: ProduceProgress) {
  const total = bytesDone === 0 ? records : Math.round((records / bytesDone) * bytesTotal);
  return { stage, done: records, total, unit: 'records', isEstimate: true as const };
}

/** The result of `produce` for `--json` (contract §6); durations in ms, sizes in bytes. */
export function produceJson(streamDir: string, { tally, shardCount, durationMs }: Produced) {
  return {
    stream: streamDir,
    shards: shardCount,
    records: tally.records,
    bytes: tally.bytes,
    requests: tally.requests,
    records_by_shard: Object.fromEntries([...tally.recordsByShard].sort()),
    files: tally.recordsByFile,
    skipped_records: tally.skippedCount,
    skipped: tally.skipped,
    duration_ms: Math.round(durationMs),
  };
}
