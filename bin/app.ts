import { fileURLToPath } from 'node:url';
import { App, Tags, Validations } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { bundleFunctions } from '../lib/aws/bundle/bundle-functions.ts';
import { TandemChecks } from '../lib/aws/checks.ts';
import { deploymentOf } from '../lib/aws/deployment.ts';
import { addStacks } from '../lib/aws/stacks.ts';
import { loadConfig } from './config-file.ts';

/** Below `data/`, which git ignores. */
const BUNDLES = fileURLToPath(new URL('../data/functions', import.meta.url));

const app = new App();
const configFile: unknown = app.node.tryGetContext('config');
const config = await loadConfig(typeof configFile === 'string' ? configFile : undefined);
const bundles = bundleFunctions(BUNDLES, config);
const deployment = deploymentOf(app, config);
addStacks(app, deployment, (name) => Code.fromAsset(bundles[name]));
Tags.of(app).add('application', 'tandem');
// What an emulator cannot do would only be findings.
if (!deployment.isEmulator) Validations.of(app).addPlugins(new TandemChecks(app));
app.synth();
