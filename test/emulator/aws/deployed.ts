import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Config } from '../../../lambdas/shared/model/config.ts';
import { BOOTSTRAP, CDK, type Deployed, DeploymentFolder } from '../deployment.ts';
import { projectRoot } from '../running-emulator.ts';

const run = promisify(execFile);

/** Chunks of less than a line, so that some begin inside quotes; runs as soon as may be. */
const BATCH = { chunkBytes: '200B', quietFor: '3s', minInterval: '0s' };

/** Of the config's `aws`, what a test chooses. */
export interface Chosen {
  readonly retryLimit?: number;
  readonly retention?: string;
  readonly streamMemory?: string;
  readonly existing?: Partial<Config['aws']['existing']>;
}

export interface StackOptions {
  /** The config's `batch`. */
  readonly batch?: Readonly<Record<string, string>>;
  readonly isEphemeral?: boolean;
}

/** The stacks of one test, under another prefix than anybody's own on the same emulator. */
export class TestStacks {
  readonly #prefix: string;
  readonly #batch: Readonly<Record<string, string>>;
  readonly #folder: DeploymentFolder;

  constructor(prefix: string, { batch = BATCH, isEphemeral = true }: StackOptions = {}) {
    this.#prefix = prefix;
    this.#batch = batch;
    this.#folder = new DeploymentFolder(`deployed/${prefix}`, isEphemeral);
  }

  /** What the stacks were made with. */
  get configFile(): string {
    return this.#folder.file('tandem.json');
  }

  /** Deploys all stacks that an emulator gets. */
  async deploy(chosen: Chosen = {}): Promise<Deployed> {
    await this.#cdk(BOOTSTRAP, chosen);
    await this.redeploy(chosen);
    return this.#folder.open();
  }

  /** Changes nothing but what was chosen otherwise; answers what the CLI of the CDK said. */
  async redeploy(chosen: Chosen = {}): Promise<string> {
    return await this.#cdk(this.#folder.deployCommand(), chosen);
  }

  async destroy(chosen: Chosen = {}): Promise<void> {
    await this.#cdk(['destroy', '--all', '--force'], chosen);
  }

  async #cdk(command: readonly string[], chosen: Chosen): Promise<string> {
    const aws = { stackPrefix: this.#prefix, batchWindow: '1s', ...chosen };
    writeFileSync(this.configFile, JSON.stringify({ aws, batch: this.#batch }));
    const args = this.#folder.cdkArguments(this.configFile, command);
    const { stdout, stderr } = await run(CDK, args, {
      cwd: projectRoot,
      env: { ...process.env, CDK_VALIDATION: 'false' },
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout + stderr;
  }
}
