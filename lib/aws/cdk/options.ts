import { RemovalPolicy } from 'aws-cdk-lib';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { parseConfig } from '../../../lambdas/shared/model/config.ts';
import { UsageError } from '../../../lambdas/shared/model/errors.ts';
import type { FunctionName } from '../bundle/function-names.ts';
import { type Deployment, deploymentOf } from '../deployment.ts';
import { CONFIG_OF_STACK } from './config-of-stack.ts';
import { packagedCode } from './packaged-code.ts';
import type { TandemConfig } from './tandem-config.ts';

/** What all constructs take. Constructs that work together are given the same. */
export interface TandemOptions {
  /**
   * Keys of the config, as in `config/tandem.yaml`; docs/config.md says what each means. Checked by
   * the same schema: an unknown key or an impossible value fails with what is allowed. Two
   * deployments in one account and region need different `aws.stackPrefix`es: names of the state
   * machine, of alarms and of metrics begin with it.
   *
   * @default {} every key has its default
   */
  readonly config?: TandemConfig;
  /**
   * What becomes of the buckets, the table, the stream and the logs that the construct makes when
   * it goes: `RETAIN` or `DESTROY`, which does not empty buckets.
   *
   * @default RemovalPolicy.RETAIN data stays
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * The code of the functions, without their settings.
   *
   * @default the bundles that the package brings, with the config beside each
   */
  readonly code?: (name: FunctionName) => Code;
}

export interface Options {
  readonly deployment: Deployment;
  readonly codeOf: (name: FunctionName) => Code;
}

/**
 * Checks a construct's props and completes its config. Throws `UsageError`: `config_invalid` with
 * every problem of the config, `config_of_stack` for a key that the stack decides,
 * `removal_policy_invalid`.
 */
export function optionsOf(scope: Construct, props: TandemOptions): Options {
  const { config: input = {}, removalPolicy = RemovalPolicy.RETAIN } = props;
  for (const [name, means] of Object.entries(CONFIG_OF_STACK)) {
    if (!Object.hasOwn(input.aws ?? {}, name.replace('aws.', ''))) continue;
    throw new UsageError('config_of_stack', `${name} does not apply here; use ${means} instead`);
  }
  const isEphemeral = removalPolicy === RemovalPolicy.DESTROY;
  if (!isEphemeral && removalPolicy !== RemovalPolicy.RETAIN) {
    const message = `removalPolicy is ${removalPolicy}; allowed: retain, destroy`;
    throw new UsageError('removal_policy_invalid', message);
  }
  const config = parseConfig(input);
  const deployment = { ...deploymentOf(scope, config), isEphemeral };
  return { deployment, codeOf: props.code ?? packagedCode(config) };
}
