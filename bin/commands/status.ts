import type { Command } from 'commander';
import { FileObjectStore } from '../../lambdas/shared/adapters/local/file-object-store.ts';
import { tablesOf } from '../../lambdas/shared/model/tables.ts';
import { batchSummary } from '../batch-summary.ts';
import type { CommandContext, CommandResult, CommonOptions, StartCommand } from '../command.ts';
import {
  batchPublications,
  currentPublication,
  filesOf,
  type Publication,
  unpublishedRunIds,
} from '../lake.ts';
import { pathOption } from '../option-values.ts';
import { byteText, textTable, withCommas } from '../text-table.ts';

interface StatusCommandOptions extends CommonOptions {
  readonly lake?: string;
}

const DESCRIPTION =
  'What a lake holds: the current batch run with its counts, revenue, rejected files and ' +
  'tables; the runs before it that are kept; and runs that left files behind without being ' +
  'published.';

const EXAMPLES = `
Examples:
  $ tandem status
  $ tandem status --lake data/demo/lake --json
`;

export function defineStatus(command: Command, start: StartCommand): void {
  command
    .description(DESCRIPTION)
    .option(
      '--lake <dir>',
      'folder of the lake (default: paths.lake of the config, data/lake)',
      pathOption,
    )
    .addHelpText('after', EXAMPLES)
    .action((options: StatusCommandOptions) =>
      start(options, (context) => status(options, context)),
    );
}

interface LakeStatus {
  readonly current: Publication;
  readonly kept: readonly Publication[];
  readonly unpublished: readonly string[];
}

async function status(
  options: StatusCommandOptions,
  context: CommandContext,
): Promise<CommandResult> {
  const lakeDir = options.lake ?? context.config.paths.lake;
  const lake = new FileObjectStore(lakeDir);
  const current = await currentPublication(lake, 'batch');
  const all = await batchPublications(lake);
  const unpublished = await unpublishedRunIds(lake, all);
  if (current === null) {
    return {
      json: { lake: lakeDir, batch: null, unpublished_runs: unpublished },
      text:
        `${lakeDir} holds no published run yet; run: npx tandem batch --lake ${lakeDir}\n` +
        unpublishedText(unpublished),
    };
  }
  const kept = all.filter(({ manifestKey }) => manifestKey !== current.manifestKey);
  return {
    json: statusJson(lakeDir, { current, kept, unpublished }),
    text: statusText(lakeDir, { current, kept, unpublished }),
  };
}

function statusJson(lakeDir: string, { current, kept, unpublished }: LakeStatus): unknown {
  const tables = Object.fromEntries(tableSizes(current).map(({ name, ...sizes }) => [name, sizes]));
  return {
    lake: lakeDir,
    batch: {
      current: { ...runJson(current), issues: current.manifest.issues, tables },
      kept: kept.map(runJson),
    },
    unpublished_runs: unpublished,
  };
}

function runJson({ manifestKey, manifest }: Publication): Record<string, unknown> {
  const { run_id, status, created_at, counts, revenue, rejected_files } = manifest;
  return { run_id, status, created_at, manifest: manifestKey, counts, revenue, rejected_files };
}

function statusText(lakeDir: string, { current, kept, unpublished }: LakeStatus): string {
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
    `${lakeDir}: batch run ${manifest.run_id}, ${manifest.status}, ${manifest.created_at}\n` +
      `manifest: ${manifestKey}\n`,
    batchSummary(manifest),
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
  return `not published (under way, or stopped before its end): ${runIds.join(', ')}\n`;
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
