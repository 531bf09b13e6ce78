import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { parseConfig } from '../../lambdas/shared/model/config.ts';
import { deploymentOf } from '../../lib/aws/deployment.ts';
import { addStacks, type TandemStacks } from '../../lib/aws/stacks.ts';

export interface Templates {
  readonly storage: Template;
  readonly pipelines: Template;
  /** Null on an emulator. */
  readonly operations: Template | null;
  readonly catalogue: Template | null;
}

export interface DeployedAs {
  readonly config?: unknown;
  /** As `--context`. */
  readonly context?: Readonly<Record<string, string>>;
}

/** The stacks as they are deployed, but for the functions' code. */
export function stacksOf({ config = {}, context = {} }: DeployedAs = {}): TandemStacks {
  const app = new App({ context });
  const deployment = deploymentOf(app, parseConfig(config));
  return addStacks(app, deployment, () => Code.fromInline('exports.handler = () => {};'));
}

export function templatesOf(deployed: DeployedAs = {}): Templates {
  const { storage, pipelines, operations, catalogue } = stacksOf(deployed);
  return {
    storage: Template.fromStack(storage),
    pipelines: Template.fromStack(pipelines),
    operations: operations && Template.fromStack(operations),
    catalogue: catalogue && Template.fromStack(catalogue),
  };
}

export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** What the roles of a stack may do, by the name of the function or machine they are of. */
export function statementsByRole(template: Template): Map<string, Statement[]> {
  const byRole = new Map<string, Statement[]>();
  for (const policy of Object.values(template.findResources('AWS::IAM::Policy'))) {
    const [{ Ref: role }] = policy.Properties.Roles as { Ref: string }[];
    const name = role
      .replace(/^(Batch|Stream|Replay|Reconcile)/, '')
      .replace(/Role[0-9A-F]{8}$/, '');
    const statements = policy.Properties.PolicyDocument.Statement as Statement[];
    byRole.set(name, [...(byRole.get(name) ?? []), ...statements]);
  }
  return byRole;
}

/** As text, so that names in it can be looked for. */
export function resourceTexts({ Resource: resource }: Statement): string[] {
  const resources = Array.isArray(resource) ? resource : [resource];
  return resources.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
}

export function actionsOf({ Action: action }: Statement): readonly string[] {
  return typeof action === 'string' ? [action] : action;
}
