import { fileURLToPath } from 'node:url';
import { App, Tags, Validations } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks } from 'cdk-nag';
import { bundleFunctions } from '../lib/aws/bundle/bundle-functions.ts';
import { deploymentOf } from '../lib/aws/deployment.ts';
import { addStacks } from '../lib/aws/stacks.ts';
import { loadConfig } from './config-file.ts';

/** Below `data/`, which git ignores. */
const BUNDLES = fileURLToPath(new URL('../data/functions', import.meta.url));

const app = new App();
const configFile: unknown = app.node.tryGetContext('config');
const config = await loadConfig(typeof configFile === 'string' ? configFile : undefined);
const bundles = bundleFunctions(BUNDLES, config);
addStacks(app, deploymentOf(app, config), (name) => Code.fromAsset(bundles[name]));
Tags.of(app).add('application', 'tandem');
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();
