import { type App, Tags } from 'aws-cdk-lib';
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { FunctionName } from './bundle/function-names.ts';
import { type Deployment, environmentOf } from './deployment.ts';
import { CatalogueStack } from './stacks/catalogue-stack.ts';
import { OperationsStack } from './stacks/operations-stack.ts';
import { PipelinesStack } from './stacks/pipelines-stack.ts';
import { StorageStack } from './stacks/storage-stack.ts';

export interface TandemStacks {
  readonly storage: StorageStack;
  readonly pipelines: PipelinesStack;
  /** Null on an emulator: nothing in it moves data. */
  readonly operations: OperationsStack | null;
  readonly catalogue: CatalogueStack | null;
}

/**
 * Adds all stacks of a deployment, with the config's tags and permissions boundary. Emulators get
 * only those that hold data and those that move it.
 */
export function addStacks(
  app: App,
  deployment: Deployment,
  codeOf: (name: FunctionName) => Code,
): TandemStacks {
  const stacks = makeStacks(app, deployment, codeOf);
  const { tags, permissionsBoundary: policy } = deployment.config.aws;
  for (const [name, value] of Object.entries({ ...tags, application: 'tandem' })) {
    Tags.of(app).add(name, value);
  }
  if (policy === null) return stacks;
  for (const stack of Object.values(stacks).filter((found) => found !== null)) {
    const boundary = policy.startsWith('arn:')
      ? ManagedPolicy.fromManagedPolicyArn(stack, 'Boundary', policy)
      : ManagedPolicy.fromManagedPolicyName(stack, 'Boundary', policy);
    PermissionsBoundary.of(stack).apply(boundary);
  }
  return stacks;
}

function makeStacks(
  app: App,
  deployment: Deployment,
  codeOf: (name: FunctionName) => Code,
): TandemStacks {
  const prefix = deployment.config.aws.stackPrefix;
  const props = { ...environmentOf(deployment.config), deployment };
  const storage = new StorageStack(app, `${prefix}Storage`, {
    ...props,
    description: 'Tandem: landing, lake, state and stream',
  });
  const pipelines = new PipelinesStack(app, `${prefix}Pipelines`, {
    ...props,
    storage,
    codeOf,
    description: 'Tandem: batch and stream',
  });
  if (deployment.isEmulator) return { storage, pipelines, operations: null, catalogue: null };
  const catalogue = new CatalogueStack(app, `${prefix}Catalogue`, {
    ...props,
    storage,
    codeOf,
    description: 'Tandem: tables for Athena',
  });
  const operations = new OperationsStack(app, `${prefix}Operations`, {
    ...props,
    storage,
    pipelines,
    catalogue,
    description: 'Tandem: dashboard and alarms',
  });
  return { storage, pipelines, operations, catalogue };
}
