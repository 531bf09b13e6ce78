import {
  CloudFormationClient,
  DescribeStacksCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import {
  isNamed,
  saidBy,
  toCallError,
  troubleOf,
} from '../../../lambdas/shared/adapters/aws/aws-errors.ts';
import type { ClientOptions } from '../../../lambdas/shared/adapters/aws/clients.ts';
import { TerminalError } from '../../../lambdas/shared/model/errors.ts';

/** The outputs that the command line needs, by stack. */
export const NEEDED_OUTPUTS = {
  Storage: ['LandingBucket', 'LakeBucket', 'FailuresBucket', 'StateTable', 'StreamName'],
  Pipelines: [
    'StateMachine',
    'StartFunction',
    'PublishFunction',
    'DrainFunction',
    'RedriveFunction',
    'ReplayFunction',
    'ReplayMachine',
    'NotificationQueue',
    'LostNotifications',
  ],
} as const;

/** What `status` shows where it is there: deployments of earlier versions have none of them. */
export const FURTHER_OUTPUTS = ['CodeVersion', 'ConfigHash'] as const;

type StackName = keyof typeof NEEDED_OUTPUTS;
export type OutputName = (typeof NEEDED_OUTPUTS)[StackName][number];
export type Outputs = Readonly<Record<OutputName, string>> & {
  readonly [name in (typeof FURTHER_OUTPUTS)[number]]?: string;
};

export interface FinderClients {
  readonly stacks: CloudFormationClient;
  readonly identity: STSClient;
  /** Endpoint of an emulator; undefined: AWS itself. */
  readonly endpoint: string | undefined;
}

const ATTEMPTS_MAX = 2;

/**
 * Client options with the region from `AWS_DEFAULT_REGION`, as other tools read it; the SDK itself
 * looks at `AWS_REGION` and profiles only.
 */
export function regionOptions(): ClientOptions {
  const { AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  return AWS_REGION || !AWS_DEFAULT_REGION ? {} : { region: AWS_DEFAULT_REGION };
}

function makeFinderClients(): FinderClients {
  const options = { ...regionOptions(), maxAttempts: ATTEMPTS_MAX };
  const { AWS_ENDPOINT_URL_CLOUDFORMATION, AWS_ENDPOINT_URL } = process.env;
  return {
    stacks: new CloudFormationClient(options),
    identity: new STSClient(options),
    endpoint: AWS_ENDPOINT_URL_CLOUDFORMATION || AWS_ENDPOINT_URL || undefined,
  };
}

/**
 * Finds a deployment by its stacks' outputs. Throws `TerminalError`: `not_deployed`,
 * `output_missing`, `no_credentials`, `no_region`, `emulator_not_running`, `access_denied`;
 * `RetryableError` if AWS does not answer.
 */
export async function findDeployment(
  prefix: string,
  clients: FinderClients = makeFinderClients(),
): Promise<Outputs> {
  const found: Record<string, string> = {};
  // One after the other: the first is enough to know that nothing is deployed.
  for (const name of Object.keys(NEEDED_OUTPUTS) as StackName[]) {
    const stackName = `${prefix}${name}`;
    const stack = await describe(stackName, clients);
    if (stack === null) throw await notDeployed(stackName, prefix, clients);
    for (const output of NEEDED_OUTPUTS[name]) {
      found[output] = outputOf(stack, stackName, output);
    }
    for (const { OutputKey: key = '', OutputValue: value = '' } of stack.Outputs ?? []) {
      if ((FURTHER_OUTPUTS as readonly string[]).includes(key)) found[key] = value;
    }
  }
  return found as Outputs;
}

/**
 * True if there is a stack of this name. Throws the errors of `findDeployment` if AWS does not say.
 */
export async function hasStack(
  stackName: string,
  clients: FinderClients = makeFinderClients(),
): Promise<boolean> {
  return (await describe(stackName, clients)) !== null;
}

/**
 * The outputs that one command needs, in this order; null if there is no such stack. Throws the
 * errors of `findDeployment`.
 */
export async function findOutputs(
  stackName: string,
  names: readonly string[],
  clients: FinderClients = makeFinderClients(),
): Promise<string[] | null> {
  const stack = await describe(stackName, clients);
  return stack === null ? null : names.map((name) => outputOf(stack, stackName, name));
}

async function describe(stackName: string, clients: FinderClients): Promise<Stack | null> {
  try {
    const answer = await clients.stacks.send(new DescribeStacksCommand({ StackName: stackName }));
    return answer.Stacks?.[0] ?? null;
  } catch (error) {
    const isMissing =
      isNamed(error, 'ValidationError') && /does not exist/.test((error as Error).message);
    if (!isMissing) throw explained(error, stackName, clients);
    return null;
  }
}

function outputOf({ Outputs = [], StackStatus }: Stack, stackName: string, output: string): string {
  const value = Outputs.find(({ OutputKey }) => OutputKey === output)?.OutputValue;
  if (value !== undefined && value !== '') return value;
  throw new TerminalError(
    'output_missing',
    `stack ${stackName} (${StackStatus ?? 'of unknown status'}) has no output ${output}: ` +
      'its deployment is running, has failed or is of an older version; run: npx cdk deploy --all',
  );
}

/** The wrong account or region looks the same as nothing deployed: the message names both. */
async function notDeployed(
  stackName: string,
  prefix: string,
  clients: FinderClients,
): Promise<TerminalError> {
  if (clients.endpoint !== undefined) {
    return new TerminalError(
      'not_deployed',
      `no stack ${stackName} at ${clients.endpoint}; an emulator loses everything when it stops. ` +
        'Run: npx cdk deploy --all --context emulator=true --context ephemeral=true',
    );
  }
  const region = await clients.stacks.config.region();
  const account = await accountOf(clients.identity);
  return new TerminalError(
    'not_deployed',
    `no stack ${stackName} in account ${account} and region ${region} ` +
      `(aws.stackPrefix is ${prefix}). Run: npx cdk deploy --all; or set AWS_PROFILE and ` +
      'AWS_REGION to the account and region of the deployment',
  );
}

async function accountOf(identity: STSClient): Promise<string> {
  try {
    const { Account } = await identity.send(new GetCallerIdentityCommand({}));
    return Account ?? 'unknown';
  } catch {
    return 'unknown'; // It only makes the message clearer.
  }
}

const NO_CREDENTIALS = new Set(['CredentialsProviderError', 'TokenProviderError']);

function explained(error: unknown, stackName: string, { endpoint }: FinderClients): unknown {
  if (!(error instanceof Error)) return error;
  const options = { cause: error };
  if (NO_CREDENTIALS.has(error.name)) {
    const advice = 'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';
    return new TerminalError('no_credentials', `no AWS credentials (${saidBy(error)}): ${advice}`);
  }
  if (/region is missing/i.test(error.message)) {
    const message = 'no AWS region: set AWS_REGION, or a region in the profile of AWS_PROFILE';
    return new TerminalError('no_region', message, options);
  }
  if (endpoint !== undefined && troubleOf(error) === 'unreached') {
    return new TerminalError(
      'emulator_not_running',
      `no answer from ${endpoint} (AWS_ENDPOINT_URL): the emulator is not running. ` +
        'Run: npm run local:up; or unset AWS_ENDPOINT_URL to reach AWS',
      options,
    );
  }
  return toCallError(error, {
    what: `describe stack ${stackName}`,
    resource: `stack ${stackName}`,
    permission: 'cloudformation:DescribeStacks',
  });
}
