import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { FunctionName } from '../bundle/function-names.ts';
import type { Deployment } from '../deployment.ts';
import type { TandemResources } from './resources.ts';

/** What both doors are given. */
export interface DoorProps {
  readonly deployment: Deployment;
  readonly storage: TandemResources;
  readonly codeOf: (name: FunctionName) => Code;
}
