import { Stack } from 'aws-cdk-lib';
import { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Config } from '../../../lambdas/shared/model/config.ts';

/** Lambda makes, finds and removes network interfaces as the function; none has a name before. */
export const INTERFACE_ACTIONS = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

const SECURITY_GROUP = 'FunctionsSecurityGroup';

/** The VPC settings of functions; null: outside of any VPC. */
export function networkOf(
  scope: Construct,
  { vpc, stackPrefix }: Config['aws'],
): CfnFunction.VpcConfigProperty | null {
  const { id, subnets, securityGroups } = vpc;
  if (id === null) return null;
  const stack = Stack.of(scope);
  const groups =
    securityGroups.length > 0 ? securityGroups : [ownGroup(stack, id, stackPrefix).attrGroupId];
  return { subnetIds: [...subnets], securityGroupIds: [...groups] };
}

/** One group for all functions of a stack. They accept no connections, and call AWS by HTTPS. */
function ownGroup(stack: Stack, vpcId: string, stackPrefix: string): CfnSecurityGroup {
  const made = stack.node.tryFindChild(SECURITY_GROUP);
  if (made !== undefined) return made as CfnSecurityGroup;
  return new CfnSecurityGroup(stack, SECURITY_GROUP, {
    groupDescription: `Functions of ${stackPrefix}: outgoing HTTPS only`,
    vpcId,
    securityGroupEgress: [
      {
        ipProtocol: 'tcp',
        fromPort: 443,
        toPort: 443,
        cidrIp: '0.0.0.0/0',
        description: 'Endpoints of AWS',
      },
    ],
  });
}
