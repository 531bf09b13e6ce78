import type { StackProps } from 'aws-cdk-lib';
import { RemovalPolicy } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Config } from '../../lambdas/shared/model/config.ts';
import { UsageError } from '../../lambdas/shared/model/errors.ts';

/** What every stack is given. */
export interface Deployment {
  readonly config: Config;
  /**
   * Data goes with its stack: for tests and trials. `--context ephemeral=true`.
   * @default data stays when its stack is deleted
   */
  readonly isEphemeral: boolean;
  /**
   * Leaves out what emulators cannot do (docs/localstack.md). `--context emulator=true`.
   * @default everything is deployed
   */
  readonly isEmulator: boolean;
  /**
   * Version of the functions' code, from their settings.
   *
   * @default unknown
   */
  readonly codeVersion?: string;
}

/** Reads a deployment's context flags. Throws `UsageError` `context_invalid`. */
export function deploymentOf(scope: Construct, config: Config): Deployment {
  const flag = (name: string): boolean => {
    const value: unknown = scope.node.tryGetContext(name);
    if (value === undefined || value === 'false' || value === false) return false;
    if (value === 'true' || value === true) return true;
    throw new UsageError('context_invalid', `--context ${name}=${value}; allowed: true, false`);
  };
  return { config, isEphemeral: flag('ephemeral'), isEmulator: flag('emulator') };
}

/**
 * `DESTROY` for an ephemeral deployment, such as a test's; otherwise `RETAIN`, so that data
 * outlives its stack.
 */
export function removalPolicy({ isEphemeral }: Deployment): RemovalPolicy {
  return isEphemeral ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN;
}

/** What the CDK's command line says of the credentials in use, and what the shell says. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The account and region to deploy to: those of the credentials in use, if the config allows them.
 * Throws `UsageError` `wrong_account` and `wrong_region`.
 */
export function environmentOf(
  { aws }: Config,
  { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region }: Environment = process.env,
): Pick<StackProps, 'env'> {
  if (aws.account !== null && account !== undefined && account !== aws.account) {
    const message = `the credentials are of account ${account}`;
    const advice = 'set AWS_PROFILE, or change the config';
    throw new UsageError(
      'wrong_account',
      `${message}, but aws.account is ${aws.account}; ${advice}`,
    );
  }
  if (aws.region !== null && region !== undefined && region !== aws.region) {
    const message = `the region is ${region}, but aws.region is ${aws.region}`;
    throw new UsageError('wrong_region', `${message}; set AWS_REGION, or change the config`);
  }
  return account === undefined || region === undefined ? {} : { env: { account, region } };
}

/** An emulator that is there answers within milliseconds. */
const EMULATOR_MS_MAX = 5_000;

/**
 * Checks that an emulator answers before anything is deployed to it: the CDK's command line would
 * retry for minutes, and without an endpoint would deploy the emulator's reduced stacks to AWS.
 * Throws `UsageError` `emulator_not_running`.
 */
export async function assertEmulator({ AWS_ENDPOINT_URL: endpoint }: Environment): Promise<void> {
  if (endpoint === undefined || endpoint === '') {
    const message = '--context emulator=true without AWS_ENDPOINT_URL would deploy to AWS';
    throw new UsageError(
      'emulator_not_running',
      `${message}; npm run local:env prints what to set`,
    );
  }
  try {
    // Any answer will do: it is running.
    await fetch(endpoint, { method: 'HEAD', signal: AbortSignal.timeout(EMULATOR_MS_MAX) });
  } catch (cause) {
    const message = `no emulator answers at ${endpoint}; start one: npm run local:up`;
    throw new UsageError('emulator_not_running', message, { cause });
  }
}
