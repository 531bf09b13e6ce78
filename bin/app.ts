import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App, Validations } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { UsageError } from '../lambdas/shared/model/errors.ts';
import { readSettings, SETTINGS_FILE } from '../lambdas/shared/runtime/function-settings.ts';
import { bundleFunctions } from '../lib/aws/bundle/bundle-functions.ts';
import { TandemChecks } from '../lib/aws/checks.ts';
import { assertEmulator, deploymentOf } from '../lib/aws/deployment.ts';
import { addStacks } from '../lib/aws/stacks.ts';
import { loadConfig } from './options/config-file.ts';
import { failureText } from './text/failure-text.ts';

/** Below `data/`, which git ignores. */
const BUNDLES = fileURLToPath(new URL('../data/functions', import.meta.url));

async function synthesize(): Promise<void> {
  const app = new App();
  const configFile: unknown = app.node.tryGetContext('config');
  const config = await loadConfig(typeof configFile === 'string' ? configFile : undefined);
  const deployment = deploymentOf(app, config);
  if (deployment.isEmulator) await assertEmulator(process.env);
  const bundles = bundleFunctions(BUNDLES, config);
  const { codeVersion } = readSettings(join(bundles.publishEpoch, SETTINGS_FILE));
  addStacks(app, { ...deployment, codeVersion }, (name) => Code.fromAsset(bundles[name]));
  // What an emulator cannot do would only be findings.
  if (!deployment.isEmulator) Validations.of(app).addPlugins(new TandemChecks(app));
  app.synth();
}

try {
  await synthesize();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(failureText(error));
  process.exitCode = 2;
}
