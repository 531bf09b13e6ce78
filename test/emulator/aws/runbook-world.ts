import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { LambdaClient, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { expect, onTestFailed } from 'vitest';
import { keysOf } from '../../support/batch-runs.ts';
import { type CliResult, runCliHere } from '../../support/run-cli.ts';
import { commandsOf } from '../../support/runbook.ts';
import type { Deployed } from '../deployment.ts';
import { type Chosen, TestStacks } from './deployed.ts';
import { emptyBucket } from './empty-bucket.ts';

export type Files = Readonly<Record<string, string>>;

/** A deployment in trouble, and somebody who follows the runbook. */
export class RunbookWorld {
  /** In the order in which they were followed. */
  readonly followed: string[] = [];
  /** What the next deployment is made with. */
  chosen: Chosen = {};
  readonly #stacks: TestStacks;
  readonly #folder = mkdtempSync(join(tmpdir(), 'tandem-runbook-'));
  #deployed: Deployed | null = null;
  #fileSets = 0;

  constructor(prefix: string) {
    this.#stacks = new TestStacks(prefix);
  }

  get deployed(): Deployed {
    if (this.#deployed === null) throw new Error('nothing is deployed yet');
    return this.#deployed;
  }

  /** Of the pipelines stack, by name. */
  get outputs(): Readonly<Record<string, string>> {
    return this.deployed.outputs;
  }

  async open(): Promise<void> {
    this.#deployed = await this.#stacks.deploy();
    // Only a test that was broken off before leaves files there.
    if ((await keysOf(this.deployed.landing)).length === 0) return;
    await this.#destroy();
    this.#deployed = await this.#stacks.deploy();
  }

  async close(): Promise<void> {
    rmSync(this.#folder, { recursive: true });
    await this.#destroy();
  }

  /** Records stay unread from now on. A chapter that fails meanwhile spoils no other one. */
  async pauseConsumer(): Promise<void> {
    const { mappingId } = this.deployed;
    onTestFailed(async () => {
      await setMapping(mappingId, true);
    });
    await setMapping(mappingId, false);
  }

  /** As somebody types it, with the config of the deployment. */
  async tandem(...args: readonly string[]): Promise<CliResult> {
    return await runCliHere([...args, '--config', this.#stacks.configFile]);
  }

  /** The one object that `--json` prints. */
  async answer(...args: readonly string[]) {
    const { out } = await this.tandem(...args, '--target', 'aws', '--json');
    return JSON.parse(out);
  }

  /** Behind the back of `upload`, which would refuse some of them. */
  async put(files: Files): Promise<void> {
    for (const [key, text] of Object.entries(files)) {
      await this.deployed.landing.put(key, Buffer.from(text));
    }
  }

  /** A folder of this machine with these files, for `upload`. */
  folderOf(files: Files): string {
    this.#fileSets += 1;
    const folder = join(this.#folder, `files-${this.#fileSets}`);
    for (const [key, text] of Object.entries(files)) {
      const file = join(folder, key);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    return folder;
  }

  /** Runs the commands of a chapter as they stand there; the last one has to succeed. */
  async follow(chapter: string, values: Readonly<Record<string, string>> = {}) {
    const results: CliResult[] = [];
    for (const command of commandsOf(chapter, values)) results.push(await this.#run(command));
    const last = results.at(-1);
    const said = results.map(({ exitCode, out, err }) => `${exitCode}: ${err}${out}`);
    if (last?.exitCode !== 0) throw new Error(`${chapter} did not help:\n${said.join('\n')}`);
    this.followed.push(chapter);
    return results;
  }

  async #destroy(): Promise<void> {
    const { landing, lake, failures } = this.deployed;
    for (const { bucket } of [landing, lake, failures]) await emptyBucket(bucket);
    await this.#stacks.destroy();
  }

  async #run(command: readonly string[]): Promise<CliResult> {
    const [program, name, ...args] = command;
    const text = command.join(' ');
    if (program === 'npx' && name === 'tandem') return await this.tandem(...args);
    if (text === 'npx cdk deploy --all') return done(await this.#stacks.redeploy(this.chosen));
    const [, moved, to] = /^aws s3 mv (\S+) (\S+)$/.exec(text) ?? [];
    if (moved !== undefined) return done(await this.#move(moved, to));
    const [, uuid] =
      /^aws lambda update-event-source-mapping --uuid (\S+) --enabled$/.exec(text) ?? [];
    if (uuid !== undefined) return done(await setMapping(uuid, true));
    throw new Error(`nobody knows how to run: ${text}`);
  }

  async #move(from: string, to: string): Promise<string> {
    const { landing } = this.deployed;
    const keyOf = (address: string) => {
      expect(address.startsWith(`s3://${landing.bucket}/`)).toBe(true);
      return address.slice(`s3://${landing.bucket}/`.length);
    };
    await landing.put(keyOf(to), await landing.get(keyOf(from)));
    await landing.delete([keyOf(from)]);
    return `move: ${from} to ${to}`;
  }
}

function done(out: string): CliResult {
  return { exitCode: 0, out, err: '' };
}

export async function setMapping(uuid: string, isEnabled: boolean): Promise<string> {
  const command = new UpdateEventSourceMappingCommand({ UUID: uuid, Enabled: isEnabled });
  const { State } = await new LambdaClient({}).send(command);
  return State ?? '';
}
