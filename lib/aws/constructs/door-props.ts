import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { FunctionName } from '../bundle/function-names.ts';
import type { Deployment } from '../deployment.ts';
import type { TandemResources } from './resources.ts';

/** What both doors are given, and of the resources what they use. */
export interface DoorProps<Used extends keyof TandemResources = keyof TandemResources> {
  readonly deployment: Deployment;
  readonly storage: Pick<TandemResources, Used | 'key'>;
  readonly codeOf: (name: FunctionName) => Code;
}
