import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { FunctionName } from '../bundle/function-names.ts';
import type { Deployment } from '../deployment.ts';
import type { StorageStack } from '../stacks/storage-stack.ts';

/** What both doors are given. */
export interface DoorProps {
  readonly deployment: Deployment;
  readonly storage: StorageStack;
  readonly codeOf: (name: FunctionName) => Code;
}
