import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { FileObjectStore } from '../lambdas/shared/adapters/local/file-object-store.ts';
import { UsageError } from '../lambdas/shared/model/errors.ts';
import type { ObjectStore } from '../lambdas/shared/ports/object-store.ts';
import { DEFAULT_CONSUMER } from '../lambdas/shared/state/lake-keys.ts';
import type { DeployedResources } from '../lib/aws/client/open-deployment.ts';
import type { CommandContext } from './command.ts';

/** Where a command works: folders of this machine, or what is deployed on AWS. */
export type Target = 'local' | 'aws';

export interface TargetOptions {
  readonly target: Target;
}

/** What publishes, by target and door. */
export const PUBLISHERS = {
  local: { batch: 'npx tandem batch', stream: 'npx tandem stream --until-idle' },
  aws: { batch: 'npx tandem upload PATH --wait', stream: 'npx tandem drain --target aws' },
} as const;

const HELP = 'aws: the deployed stacks, or the emulator at AWS_ENDPOINT_URL';

export function addTargetOption(command: Command): Command {
  return command.addOption(
    new Option('--target <where>', HELP).choices(['local', 'aws']).default('local'),
  );
}

/**
 * For a command that works on this machine only: not in its help, and whoever tries it is told what
 * to use instead.
 */
export function addLocalOnly(command: Command, instead: string): Command {
  return command.addOption(
    new Option('--target <where>').hideHelp().argParser((where) => {
      if (where === 'local') return where;
      throw new UsageError('usage', `--target aws does not apply to ${command.name()}; ${instead}`);
    }),
  );
}

/** Throws `UsageError` where a folder, or another option of this machine, was given for AWS. */
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

/** The functions that are deployed are one consumer. */
export function assertDeployedConsumer(consumer: string): void {
  if (consumer === DEFAULT_CONSUMER) return;
  throw new UsageError(
    'usage',
    `--consumer ${consumer} does not apply to --target aws: only consumer ${DEFAULT_CONSUMER} is deployed`,
  );
}

/** The clients of AWS are loaded here, and not for what works on this machine. */
export async function openAws({ config }: CommandContext): Promise<DeployedResources> {
  const { openDeployment } = await import('../lib/aws/client/open-deployment.ts');
  return await openDeployment(config);
}

/** A lake, and how people and other engines address it. */
export interface LakePlace {
  readonly store: ObjectStore;
  /** A folder as it was given, or `s3://bucket`. */
  readonly name: string;
  addressOf(key: string): string;
}

export async function openLake(
  options: TargetOptions & { readonly lake?: string },
  context: CommandContext,
): Promise<LakePlace> {
  if (options.target === 'local') return localLake(options.lake ?? context.config.paths.lake);
  assertNoneOf({ ...options }, ['lake']);
  return deployedLake(await openAws(context));
}

export function localLake(dir: string): LakePlace {
  const store = new FileObjectStore(dir);
  return { store, name: dir, addressOf: (key) => resolve(dir, key) };
}

export function deployedLake({ lake }: DeployedResources): LakePlace {
  const name = `s3://${lake.bucket}`;
  return { store: lake, name, addressOf: (key) => `${name}/${key}` };
}
