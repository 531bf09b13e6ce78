import type { CfnResource } from 'aws-cdk-lib';
import { AwsSolutionsChecks, type IApplyRule, NagRuleCompliance } from 'cdk-nag';

/** A wildcard that a policy may hold, and why. Anything else is still a finding. */
const ALLOWED_WILDCARDS: readonly { readonly finding: RegExp; readonly reason: string }[] = [
  {
    finding: /^Resource::[^*]+\/[\w/]+\/\*$/,
    reason: 'Objects below one folder of a bucket: keys are not known before they are written.',
  },
  {
    finding: /^Resource::[^*]+\/consumers\/\*\/(raw|manifests)\/stream\/\*$/,
    reason: 'The raw archives of consumers, whose names users choose.',
  },
  {
    finding: /^Resource::[^*]+\/work\/reconcile-\*$/,
    reason: 'Temporary objects of comparisons, each below a folder of its own.',
  },
  {
    finding: /^Resource::<[A-Za-z0-9]+Function[A-F0-9]{8}\.Arn>:\*$/,
    reason: 'Versions of one function; CDK adds them wherever a function may be invoked.',
  },
  {
    finding: /^Resource::arn:[^*]*:states:[^*]*:execution:[^*]*StateMachine[^*]*(\/\*)?:\*$/,
    reason: 'Executions of the map states of one state machine, which name themselves.',
  },
];

/**
 * On the state machine only: delivery of its log and its traces, whose actions take no resource
 * (Step Functions, "Logging using CloudWatch Logs"; "Trace with AWS X-Ray").
 */
const STATE_MACHINE_ROLE = /\/StateMachine\/Role\/DefaultPolicy\/Resource$/;

/**
 * Traces of a function, and its network interfaces in a VPC, in a policy that holds nothing else
 * (`TandemFunction`): none of them has a name before it is there.
 */
const CONNECTIONS = /\/Connections\/Resource$/;

/** The planner asks for the account's quota of functions: `lambda:GetAccountSettings` alone. */
const PLANNER_ROLE = /\/planRun\/Role\/DefaultPolicy\/Resource$/;

/**
 * The AWS Solutions rules of cdk-nag with the project's acknowledged findings. cdk-nag takes one
 * acknowledgement per finding; these cover kinds of findings.
 */
export class TandemChecks extends AwsSolutionsChecks {
  protected override applyRule(params: IApplyRule): void {
    const { rule } = params;
    const checked = (node: CfnResource) => {
      const result = rule(node);
      if (!Array.isArray(result)) return result;
      const rest = result.filter((finding) => !isAllowed(node.node.path, finding));
      return rest.length === 0 ? NagRuleCompliance.COMPLIANT : rest;
    };
    // The rule's name is its id.
    Object.defineProperty(checked, 'name', { value: rule.name });
    super.applyRule({ ...params, rule: checked });
  }
}

function isAllowed(path: string, finding: string): boolean {
  if (finding === 'Resource::*') {
    return [STATE_MACHINE_ROLE, CONNECTIONS, PLANNER_ROLE].some((role) => role.test(path));
  }
  return ALLOWED_WILDCARDS.some((allowed) => allowed.finding.test(finding));
}
