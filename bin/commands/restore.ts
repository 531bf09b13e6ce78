import { type Command, Option } from 'commander';
import type { ObjectVersion, VersionedBucket } from '../../lib/aws/client/object-versions.ts';
import type {
  CommandContext,
  CommandResult,
  CommonOptions,
  StartCommand,
} from '../base/command.ts';
import { instantOption } from '../options/option-values.ts';
import { openAws } from '../options/target.ts';
import { instantText } from '../text/instant-text.ts';
import { byteText, textTable } from '../text/text-table.ts';

interface RestoreCommandOptions extends CommonOptions {
  readonly before?: string;
  readonly dryRun?: true;
}

const LANDING_FOLDERS = /^(orders|customers|products)\//;

const DESCRIPTION =
  'Makes earlier versions of objects in the buckets on AWS current again: uploads by their keys ' +
  'below orders/, customers/ or products/, anything else of the lake by its key. Of an object that ' +
  'was deleted the last content comes back, of one that was replaced the content before; with ' +
  '--before what readers saw then. It is a copy: no version is removed, and a restored upload ' +
  'starts a batch run as an upload does. Versions are kept for aws.keepVersionsFor.';

const EXAMPLES = `
Examples:
  $ tandem restore orders/january.csv --dry-run      the versions that are kept, and which comes back
  $ tandem restore orders/january.csv
  $ tandem restore raw/stream/orders/shardId-000000000000/000000000007-1c.ndjson.zst
  $ tandem restore products/products.csv --before 2026-01-31T09:00:00Z
`;

/** Adds `tandem restore`: options, help and action. */
export function defineRestore(command: Command, start: StartCommand): void {
  command
    .description(DESCRIPTION)
    .argument('<key...>', 'keys of objects')
    .option('--before <instant>', 'what was current then', instantOption)
    .option('--dry-run', 'change nothing; list the versions')
    .addOption(
      new Option('--target <where>', 'files of this machine have no versions')
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
  if (chosen.isCurrent && !isDryRun) return `${name} is that version already\n`;
  const what = `the version of ${instantText(chosen.modifiedAtMs)}`;
  if (!isDryRun) return `${name}: ${what} is current again\n`;
  const rows = versions.map((version) => [
    instantText(version.modifiedAtMs),
    version.content === null ? 'deleted' : byteText(version.content.sizeBytes),
    version.isCurrent ? 'current' : version === chosen ? 'would come back' : '',
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
