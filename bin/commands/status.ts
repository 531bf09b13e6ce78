import type { Command } from 'commander';
import { tablesOf } from '../../lambdas/shared/model/tables.ts';
import { SystemClock } from '../../lambdas/shared/runtime/clock.ts';
import { readStreamStatus, type StreamStatus } from '../../lib/common/stream-status.ts';
import { openLocalSight } from '../../lib/embedded/stream/local-sight.ts';
import { deployedScreen, verdictOf } from '../aws/deployed-screen.ts';
import {
  type DeployedStatus,
  deployedStatusJson,
  readDeployedStatus,
} from '../aws/deployed-status.ts';
import { troublesOf } from '../aws/troubles.ts';
import { sightOf } from '../aws/while-waiting.ts';
import type {
  CommandContext,
  CommandResult,
  CommonOptions,
  StartCommand,
} from '../base/command.ts';
import {
  batchPublications,
  currentPublication,
  filesOf,
  type Publication,
  unpublishedRunIds,
} from '../lake/lake.ts';
import {
  addConsumerOption,
  addLakeOption,
  addStreamOption,
  type Folders,
  foldersOf,
  type StreamFolders,
} from '../options/stream-options.ts';
import {
  addTargetOption,
  assertNoneOf,
  deployedLake,
  type LakePlace,
  localLake,
  openAws,
  type TargetOptions,
} from '../options/target.ts';
import { batchSummary } from '../text/batch-summary.ts';
import { hasAnything, streamStatusJson, streamStatusText } from '../text/stream-status-text.ts';
import { byteText, textTable, withCommas } from '../text/text-table.ts';
import { visible } from '../text/visible-text.ts';
import { warningMetrics } from '../text/warning-metrics.ts';

interface StatusCommandOptions extends CommonOptions, StreamFolders, TargetOptions {
  readonly consumer: string;
  readonly all?: true;
}

const DESCRIPTION =
  'Show what a lake holds and how the stream is doing. Changes nothing.\n\n' +
  'Batch: the current run with counts, revenue, rejected files and table sizes, and other ' +
  'kept runs. Stream: the published epoch; per shard its position, watermark, unread ' +
  'records and why it is not idle; gaps, and what holds the watermark back. With --target ' +
  'aws one screen shows what is wrong and what to do; --all adds the rest.';

const EXAMPLES = `
Examples:
  $ tandem status
  $ tandem status --lake data/demo/lake --stream data/demo/stream --json
  $ tandem status --target aws          what is wrong, why, and what to do
  $ tandem status --target aws --all    also tables, shards and gaps
`;

/** Adds `tandem status`: options, help and action. */
export function defineStatus(command: Command, start: StartCommand): void {
  command.description(DESCRIPTION);
  addStreamOption(command);
  addLakeOption(command);
  addTargetOption(addConsumerOption(command))
    .option('--all', 'with --target aws: also print tables, shards and gaps')
    .addHelpText('after', EXAMPLES)
    .action((options: StatusCommandOptions) =>
      start(options, (context) => status(options, context)),
    );
}

interface LakeStatus {
  readonly current: Publication | null;
  readonly kept: readonly Publication[];
  readonly unpublished: readonly string[];
}

/** Everything that is looked at, wherever it is. */
interface Overview {
  readonly lake: LakePlace;
  readonly stream: StreamStatus;
  readonly streamName: string;
  readonly batch: LakeStatus;
  /** Null on this machine. */
  readonly deployed: DeployedStatus | null;
}

async function status(
  options: StatusCommandOptions,
  context: CommandContext,
): Promise<CommandResult> {
  const isLocal = options.target === 'local';
  const overview = await (isLocal ? lookHere(options, context) : lookAtAws(options, context));
  const nowMs = new SystemClock().now();
  return {
    json: overviewJson(overview, nowMs),
    text: overviewText(overview, options, nowMs),
  };
}

function overviewJson({ lake, stream, batch, deployed }: Overview, nowMs: number) {
  const json = {
    ...statusJson(lake.name, batch),
    stream: hasAnything(stream) ? streamStatusJson(stream) : null,
  };
  if (deployed === null) return json;
  const troubles = troublesOf(deployed, stream, nowMs);
  return {
    ...json,
    verdict: verdictOf(troubles),
    troubles: troubles.map(({ what, wayOut }) => ({ what, way_out: wayOut })),
    ...deployedStatusJson(deployed),
  };
}

function overviewText(overview: Overview, options: StatusCommandOptions, nowMs: number): string {
  const { lake, stream, streamName, batch, deployed } = overview;
  const { current } = batch;
  const hasStream = hasAnything(stream);
  const isLocal = deployed === null;
  const rest = [
    current === null && hasStream ? emptyText(batch, isLocal) : batchText(lake.name, batch),
    hasStream ? streamStatusText(stream, streamName, nowMs) : '',
  ];
  const parts = isLocal
    ? rest
    : [deployedScreen({ deployed, current, stream }, nowMs), ...(options.all ? rest : [])];
  return parts.filter((part) => part !== '').join('\n');
}

async function lookHere(options: StatusCommandOptions, context: CommandContext): Promise<Overview> {
  const folders = foldersOf(options, context.config);
  const lake = localLake(folders.lakeDir);
  const batch = await readLake(lake);
  const stream = await readStream(folders, options.consumer, context);
  return { lake, batch, stream, streamName: folders.streamDir, deployed: null };
}

async function lookAtAws(
  options: StatusCommandOptions,
  context: CommandContext,
): Promise<Overview> {
  assertNoneOf({ ...options }, ['stream', 'lake']);
  const resources = await openAws(context);
  const lake = deployedLake(resources);
  const sight = await sightOf(resources, context, options.consumer);
  return {
    lake,
    batch: await readLake(lake),
    stream: await readStreamStatus(sight),
    streamName: `Kinesis stream ${resources.outputs.StreamName}`,
    deployed: await readDeployedStatus(resources, context.config),
  };
}

async function readLake({ store }: LakePlace): Promise<LakeStatus> {
  const current = await currentPublication(store, 'batch');
  const all = await batchPublications(store);
  const unpublished = await unpublishedRunIds(store, all);
  const kept = all.filter(({ manifestKey }) => manifestKey !== current?.manifestKey);
  return { current, kept, unpublished };
}

async function readStream(
  folders: Folders,
  consumer: string,
  { config, io }: CommandContext,
): Promise<StreamStatus> {
  const metrics = warningMetrics(io);
  const sight = await openLocalSight({ ...folders, config, consumer, metrics });
  try {
    return await readStreamStatus(sight);
  } finally {
    sight.close();
  }
}

function emptyText({ unpublished }: LakeStatus, isLocal: boolean): string {
  const hint = isLocal ? 'npx tandem batch' : 'npx tandem upload PATH --wait';
  return `no batch run is published yet; run: ${hint}\n${unpublishedText(unpublished)}`;
}

function statusJson(lakeDir: string, { current, kept, unpublished }: LakeStatus) {
  if (current === null) return { lake: lakeDir, batch: null, unpublished_runs: unpublished };
  const tables = Object.fromEntries(tableSizes(current).map(({ name, ...sizes }) => [name, sizes]));
  return {
    lake: lakeDir,
    batch: {
      current: { ...runJson(current), ...findingsJson(current), tables },
      kept: kept.map(runJson),
    },
    unpublished_runs: unpublished,
  };
}

function runJson({ manifestKey, manifest }: Publication): Record<string, unknown> {
  const { run_id, status, created_at, counts, revenue, rejected_files } = manifest;
  return { run_id, status, created_at, manifest: manifestKey, counts, revenue, rejected_files };
}

/** A run of an earlier version has neither warnings nor joins. */
function findingsJson({ manifest }: Publication): Record<string, unknown> {
  const { issues, warnings = [], joins = null } = manifest;
  return { issues, warnings, joins };
}

function batchText(lakeDir: string, { current, kept, unpublished }: LakeStatus): string {
  if (current === null) {
    const hint = /^s3:/.test(lakeDir) ? 'upload PATH --wait' : `batch --lake ${lakeDir}`;
    return (
      `${lakeDir} holds no published run yet; run: npx tandem ${hint}\n` +
      unpublishedText(unpublished)
    );
  }
  const { manifest, manifestKey } = current;
  const sizes = tableSizes(current).map(({ name, rows, bytes, files }) => [
    name,
    withCommas(rows),
    withCommas(files),
    byteText(bytes),
  ]);
  const tables = textTable(
    [
      { title: 'table' },
      { title: 'rows', isNumber: true },
      { title: 'files', isNumber: true },
      { title: 'size', isNumber: true },
    ],
    sizes,
  );
  return [
    `${visible(`${lakeDir}: batch run ${manifest.run_id}, ${manifest.status}, ${manifest.created_at}`)}\n` +
      `manifest: ${visible(manifestKey)}\n`,
    batchSummary(manifest, { hasHints: true }),
    tables,
    keptText(kept) + unpublishedText(unpublished),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function keptText(kept: readonly Publication[]): string {
  if (kept.length === 0) return '';
  const rows = kept.map(({ manifest }) => [
    manifest.run_id ?? '',
    manifest.created_at,
    withCommas(manifest.counts.read),
    withCommas(manifest.revenue),
  ]);
  return textTable(
    [
      { title: 'other kept run' },
      { title: 'created at' },
      { title: 'records', isNumber: true },
      { title: 'revenue', isNumber: true },
    ],
    rows,
  );
}

function unpublishedText(runIds: readonly string[]): string {
  if (runIds.length === 0) return '';
  return `not published (running, or stopped early): ${runIds.map(visible).join(', ')}\n`;
}

function tableSizes(publication: Publication) {
  return tablesOf('batch').map(({ name }) => {
    const files = filesOf(publication, name);
    return {
      name,
      rows: files.reduce((sum, file) => sum + file.rows, 0),
      bytes: files.reduce((sum, file) => sum + file.bytes, 0),
      files: files.length,
    };
  });
}
