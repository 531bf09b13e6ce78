import type { App, StackProps } from 'aws-cdk-lib';
import { RemovalPolicy } from 'aws-cdk-lib';
import type { Config } from '../../lambdas/shared/model/config.ts';

/** What every stack is given. */
export interface Deployment {
  readonly config: Config;
  /**
   * Data goes with its stack: for tests and trials. `--context ephemeral=true`.
   * @default data stays when its stack is deleted
   */
  readonly isEphemeral: boolean;
  /**
   * Leaves out what emulators cannot do (docs/localstack.md). `--context emulator=true`.
   * @default everything is deployed
   */
  readonly isEmulator: boolean;
}

export function deploymentOf(app: App, config: Config): Deployment {
  const flag = (name: string): boolean => {
    const value: unknown = app.node.tryGetContext(name);
    if (value === undefined || value === 'false' || value === false) return false;
    if (value === 'true' || value === true) return true;
    throw new Error(`--context ${name}=${value}; allowed: true, false`);
  };
  return { config, isEphemeral: flag('ephemeral'), isEmulator: flag('emulator') };
}

export function removalPolicy({ isEphemeral }: Deployment): RemovalPolicy {
  return isEphemeral ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN;
}

/** Where it goes: the account and region of the credentials in use. */
export function environmentOf(): Pick<StackProps, 'env'> {
  const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
  return account === undefined || region === undefined ? {} : { env: { account, region } };
}
