import { Duration, type Size } from 'aws-cdk-lib';
import { RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  Architecture,
  type CfnFunction,
  type Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { FunctionVariable } from '../../../lambdas/shared/adapters/aws/function-ports.ts';
import { type Deployment, removalPolicy } from '../deployment.ts';
import { INTERFACE_ACTIONS, networkOf } from './function-network.ts';

export interface TandemFunctionProps {
  readonly deployment: Deployment;
  readonly description: string;
  readonly code: Code;
  /** One core at 1,769 MiB, and no more for what runs in one thread. */
  readonly memory: Size;
  /** @default 15 minutes, the most that Lambda gives */
  readonly timeout?: Duration;
  readonly variables?: Partial<Record<FunctionVariable, string>>;
  /** Encrypts the log; null: a key of AWS does. */
  readonly key: IKey | null;
}

export interface TargetOptions {
  /** Keeps what did not reach the function. */
  readonly deadLetterQueue: IQueue;
  readonly retryAttempts?: number;
}

/** EMF metrics of all functions. The service tells deployments apart. */
export const METRICS_NAMESPACE = 'Tandem';

const TRACE_ACTIONS = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'];

/**
 * A function with its own role and log group. It may only write its log and traces and, in a VPC,
 * have a network interface; grant the rest.
 */
export class TandemFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: TandemFunctionProps) {
    super(scope, id);
    const { deployment, description, code, memory, variables, key } = props;
    const { aws } = deployment.config;
    const logGroup = new LogGroup(this, 'Logs', {
      retention: aws.logRetentionDays,
      ...(key === null ? {} : { encryptionKey: key }),
      removalPolicy: removalPolicy(deployment),
    });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(this.role);
    this.function = new LambdaFunction(this, 'Function', {
      description,
      code,
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: memory.toMebibytes(),
      timeout: props.timeout ?? Duration.minutes(15),
      role: this.role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      environment: {
        ...variables,
        NODE_OPTIONS: '--enable-source-maps',
        POWERTOOLS_SERVICE_NAME: aws.stackPrefix,
        POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
      },
    });
    this.#connect(deployment);
  }

  /** In a policy of its own, because these actions take no resource. */
  #connect({ config, isEmulator }: Deployment): void {
    const resource = this.function.node.defaultChild as CfnFunction;
    const actions: string[] = [];
    if (!isEmulator) {
      resource.tracingConfig = { mode: 'Active' };
      actions.push(...TRACE_ACTIONS);
    }
    const network = networkOf(this, config.aws);
    if (network !== null) {
      resource.vpcConfig = network;
      actions.push(...INTERFACE_ACTIONS);
    }
    if (actions.length === 0) return;
    const statements = [new PolicyStatement({ actions, resources: ['*'] })];
    const policy = new Policy(this, 'Connections', { roles: [this.role], statements });
    // Lambda looks at the rights to interfaces when the function is made.
    this.function.node.addDependency(policy);
  }

  /** An EventBridge target. The payload names the trigger; LocalStack drops an empty payload. */
  asTarget(reason: string, options: TargetOptions): LambdaTarget {
    return new LambdaTarget(this.function, {
      event: RuleTargetInput.fromObject({ tandem: reason }),
      ...options,
    });
  }
}
