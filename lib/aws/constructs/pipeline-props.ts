import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { FunctionName } from '../bundle/function-names.ts';
import type { Deployment } from '../deployment.ts';
import type { TandemResources } from './resources.ts';

/**
 * What a pipeline is given, and of the resources what it uses. A pipeline holds no data: all
 * resources come from a stack, or from a door of `tandem/cdk`, which makes what it is not given.
 */
export interface PipelineProps<Used extends keyof TandemResources = keyof TandemResources> {
  readonly deployment: Deployment;
  readonly storage: Pick<TandemResources, Used | 'key'>;
  readonly codeOf: (name: FunctionName) => Code;
}
