import { type Command, Option } from 'commander';
import type { ObjectVersion, VersionedBucket } from '../../lib/aws/client/object-versions.ts';
import type {
  CommandContext,
  CommandResult,
  CommonOptions,
  StartCommand,
} from '../base/command.ts';
import { instantOption } from '../options/option-values.ts';
import { addDryRunOption } from '../options/stream-options.ts';
import { openAws } from '../options/target.ts';
import { instantText } from '../text/instant-text.ts';
import { byteText, textTable } from '../text/text-table.ts';

interface RestoreCommandOptions extends CommonOptions {
  readonly before?: string;
  readonly dryRun?: true;
}

const LANDING_FOLDERS = /^(orders|customers|products)\//;

const DESCRIPTION =
  'Restore earlier versions of objects in the landing and lake buckets on AWS.\n\n' +
  'Keys below orders/, customers/ or products/ are uploads in the landing bucket; all ' +
  'others are objects of the lake. Restores the last content of a deleted object, the ' +
  'previous content of a replaced one, or with --before the content current at that ' +
  'instant. It writes a copy and deletes no version; restoring an upload starts a batch ' +
  'run. AWS keeps old versions for aws.keepVersionsFor (30d).';

const EXAMPLES = `
Examples:
  $ tandem restore orders/january.csv --dry-run      list the versions and the one to restore
  $ tandem restore orders/january.csv
  $ tandem restore raw/stream/orders/shardId-000000000000/000000000007-1c.ndjson.zst
  $ tandem restore products/products.csv --before 2026-01-31T09:00:00Z
`;

/** Adds `tandem restore`: options, help and action. */
export function defineRestore(command: Command, start: StartCommand): void {
  command
    .description(DESCRIPTION)
    .argument('<key...>', 'object keys, as orders/january.csv')
    .option(
      '--before <instant>',
      'restore the version current at this instant (default: the previous content)',
      instantOption,
    );
  addDryRunOption(command)
    .addOption(
      new Option('--target <where>', 'aws only: local files have no versions')
        .choices(['aws'])
        .default('aws'),
    )
    .addHelpText('after', EXAMPLES)
    .action((keys: string[], options: RestoreCommandOptions) =>
      start(options, (context) => restore(keys, options, context)),
    );
}

/** What is done with one object. */
interface Restoration {
  readonly place: VersionedBucket;
  readonly versions: readonly ObjectVersion[];
  /** Becomes current, or is it already. */
  readonly chosen: ObjectVersion;
}

async function restore(
  keys: readonly string[],
  options: RestoreCommandOptions,
  context: CommandContext,
): Promise<CommandResult> {
  const versioned = await import('../../lib/aws/client/object-versions.ts');
  const { makeS3Client } = await import('../../lambdas/shared/adapters/aws/clients.ts');
  const { regionOptions } = await import('../../lib/aws/client/find-deployment.ts');
  const { landing, lake } = await openAws(context);
  const client = makeS3Client(regionOptions());
  const beforeMs = options.before === undefined ? null : Date.parse(options.before);
  const found: Restoration[] = [];
  // All of them are looked for before the first is changed.
  for (const key of new Set(keys)) {
    const { bucket } = LANDING_FOLDERS.test(key) ? landing : lake;
    const place = { client, bucket };
    const versions = await versioned.versionsOf(place, key);
    found.push({ place, versions, chosen: versioned.versionToRestore(key, versions, beforeMs) });
  }
  const isDryRun = options.dryRun === true;
  for (const { place, chosen } of found) {
    context.signal.throwIfAborted();
    if (!isDryRun && !chosen.isCurrent) await versioned.restoreVersion(place, chosen);
  }
  return {
    json: { dry_run: isDryRun, objects: found.map(restorationJson) },
    text: found.map((one) => restorationText(one, isDryRun)).join('\n'),
  };
}

function restorationJson({ place, versions, chosen }: Restoration) {
  return {
    bucket: place.bucket,
    key: chosen.key,
    restored: chosen.isCurrent ? null : chosen.versionId,
    versions: versions.map(({ versionId, modifiedAtMs, isCurrent, content }) => ({
      version_id: versionId,
      modified_at: new Date(modifiedAtMs).toISOString(),
      current: isCurrent,
      bytes: content?.sizeBytes ?? null,
    })),
  };
}

function restorationText(restoration: Restoration, isDryRun: boolean): string {
  const { place, versions, chosen } = restoration;
  const name = `s3://${place.bucket}/${chosen.key}`;
  if (chosen.isCurrent && !isDryRun) return `${name}: this version is already current\n`;
  const what = `the version of ${instantText(chosen.modifiedAtMs)}`;
  if (!isDryRun) return `${name}: ${what} is current again\n`;
  const rows = versions.map((version) => [
    instantText(version.modifiedAtMs),
    version.content === null ? 'deleted' : byteText(version.content.sizeBytes),
    version.isCurrent ? 'current' : version === chosen ? 'would be restored' : '',
    version.versionId,
  ]);
  const columns = [
    { title: 'of' },
    { title: 'size', isNumber: true },
    { title: '' },
    { title: 'version' },
  ];
  return `${name}\n${textTable(columns, rows)}`;
}
