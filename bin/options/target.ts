import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { FileObjectStore } from '../../lambdas/shared/adapters/local/file-object-store.ts';
import { UsageError } from '../../lambdas/shared/model/errors.ts';
import type { ObjectStore } from '../../lambdas/shared/ports/object-store.ts';
import { DEFAULT_CONSUMER } from '../../lambdas/shared/state/lake-keys.ts';
import type { DeployedResources } from '../../lib/aws/client/open-deployment.ts';
import type { CommandContext, Target } from '../base/command.ts';

export interface TargetOptions {
  readonly target: Target;
}

/** What publishes, by target and door. */
export const PUBLISHERS = {
  local: { batch: 'npx tandem batch', stream: 'npx tandem stream --until-idle' },
  aws: { batch: 'npx tandem upload PATH --wait', stream: 'npx tandem drain --target aws' },
} as const;

const HELP = 'aws: the deployed stacks, or the emulator at AWS_ENDPOINT_URL';

/** Adds `--target`, this machine by default. */
export function addTargetOption(command: Command): Command {
  return command.addOption(
    new Option('--target <where>', HELP).choices(['local', 'aws']).default('local'),
  );
}

/**
 * Marks a command that works on this machine only: `--target` is hidden from its help, and using it
 * tells what to use `instead`.
 */
export function addLocalOnly(command: Command, instead: string): Command {
  return command.addOption(
    new Option('--target <where>').hideHelp().argParser((where) => {
      if (where === 'local') return where;
      throw new UsageError('usage', `--target aws does not apply to ${command.name()}; ${instead}`);
    }),
  );
}

/**
 * Throws `UsageError` if an option of this machine, such as a folder, was given with the target
 * AWS.
 */
export function assertNoneOf(
  options: TargetOptions & Readonly<Record<string, unknown>>,
  names: readonly string[],
): void {
  const given = names.find((name) => options[name] !== undefined);
  if (given === undefined) return;
  const flag = given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new UsageError(
    'usage',
    `--${flag} applies to --target local only; --target aws uses the deployed stacks`,
  );
}

/**
 * Throws `UsageError` unless the consumer is the default one: the deployed functions are that
 * consumer.
 */
export function assertDeployedConsumer(consumer: string): void {
  if (consumer === DEFAULT_CONSUMER) return;
  throw new UsageError(
    'usage',
    `--consumer ${consumer} does not apply to --target aws: only consumer ${DEFAULT_CONSUMER} is deployed`,
  );
}

/**
 * Opens the configured deployment. Loads the AWS clients only here, so that local commands do
 * without them. Throws the errors of `findDeployment`.
 */
export async function openAws({ config }: CommandContext): Promise<DeployedResources> {
  const { openDeployment } = await import('../../lib/aws/client/open-deployment.ts');
  return await openDeployment(config);
}

/** A lake, and how people and other engines address it. */
export interface LakePlace {
  readonly store: ObjectStore;
  /** A folder as it was given, or `s3://bucket`. */
  readonly name: string;
  addressOf(key: string): string;
}

/**
 * Opens the lake that the options name, local or deployed. Throws `UsageError` for `--lake` with
 * `--target aws`.
 */
export async function openLake(
  options: TargetOptions & { readonly lake?: string },
  context: CommandContext,
): Promise<LakePlace> {
  if (options.target === 'local') return localLake(options.lake ?? context.config.paths.lake);
  assertNoneOf({ ...options }, ['lake']);
  return deployedLake(await openAws(context));
}

/** A lake in a folder of this machine. The folder need not exist. */
export function localLake(dir: string): LakePlace {
  const store = new FileObjectStore(dir);
  return { store, name: dir, addressOf: (key) => resolve(dir, key) };
}

/** The lake bucket of a deployment. */
export function deployedLake({ lake }: DeployedResources): LakePlace {
  const name = `s3://${lake.bucket}`;
  return { store: lake, name, addressOf: (key) => `${name}/${key}` };
}
