import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  makeDynamoClient,
  makeKinesisClient,
  makeS3Client,
} from '../../../lambdas/shared/adapters/aws/clients.ts';
import { DynamoStateStore } from '../../../lambdas/shared/adapters/aws/dynamo-state-store.ts';
import { KinesisEventStream } from '../../../lambdas/shared/adapters/aws/kinesis-event-stream.ts';
import { S3ObjectStore } from '../../../lambdas/shared/adapters/aws/s3-object-store.ts';
import { SystemClock } from '../../../lambdas/shared/runtime/clock.ts';
import { SystemRandomness } from '../../../lambdas/shared/runtime/randomness.ts';
import { cacheRoot, projectRoot } from '../running-emulator.ts';

const run = promisify(execFile);

/** Chunks of less than a line, so that some begin inside quotes; runs as soon as may be. */
const BATCH = { chunkBytes: '200B', quietFor: '3s', minInterval: '0s' };

const CONTEXT = ['--context', 'emulator=true', '--context', 'ephemeral=true'];

/** Of the config's `aws`, what a test chooses. */
export interface Chosen {
  readonly retryLimit?: number;
}

/** The stacks of one test, under another name than anybody's own on the same emulator. */
export class TestStacks {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Runs the plain CLI of the CDK; answers what it said. */
  async cdk(args: readonly string[], chosen: Chosen = {}): Promise<string> {
    const config = this.#place('tandem.json');
    const aws = { stackPrefix: this.#prefix, batchWindow: '1s', ...chosen };
    writeFileSync(config, JSON.stringify({ aws, batch: BATCH }));
    const common = [
      ...CONTEXT,
      '--context',
      `config=${config}`,
      '--output',
      this.#place('cdk.out'),
    ];
    const cli = join(projectRoot, 'node_modules/.bin/cdk');
    const { stdout, stderr } = await run(cli, [...args, ...common], {
      cwd: projectRoot,
      env: { ...process.env, CDK_VALIDATION: 'false' },
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout + stderr;
  }

  /** Deploys all stacks that an emulator gets. */
  async deploy(chosen: Chosen = {}): Promise<Deployed> {
    await this.cdk(['bootstrap', 'aws://000000000000/us-east-1'], chosen);
    await this.redeploy(chosen);
    return opened(this.#prefix, JSON.parse(readFileSync(this.#place('outputs.json'), 'utf8')));
  }

  /** Again, it changes nothing but what was chosen otherwise. */
  async redeploy(chosen: Chosen = {}): Promise<string> {
    const outputs = ['--outputs-file', this.#place('outputs.json')];
    return await this.cdk(['deploy', '--all', '--require-approval', 'never', ...outputs], chosen);
  }

  async destroy(): Promise<void> {
    await this.cdk(['destroy', '--all', '--force']);
  }

  /** Where this deployment's config, templates and outputs are. */
  #place(name: string): string {
    const folder = join(cacheRoot, 'deployed', this.#prefix);
    mkdirSync(folder, { recursive: true });
    return join(folder, name);
  }
}

export interface Deployed {
  readonly landing: S3ObjectStore;
  readonly lake: S3ObjectStore;
  readonly failures: S3ObjectStore;
  readonly state: DynamoStateStore;
  readonly stream: KinesisEventStream;
  /** Of the stream's mapping to its consumer. */
  readonly mappingId: string;
  /** The answer of a function, by the name of its output. Throws where it failed. */
  invoke<Answer>(output: string, event: unknown): Promise<Answer>;
}

type Outputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

function opened(prefix: string, outputs: Outputs): Deployed {
  const { [`${prefix}Storage`]: storage, [`${prefix}Pipelines`]: pipelines } = outputs;
  const clock = new SystemClock();
  const ports = { client: makeS3Client(), clock, randomness: new SystemRandomness() };
  const bucket = (name: string) => new S3ObjectStore({ ...ports, bucket: storage[name] });
  const functions = new LambdaClient({});
  return {
    landing: bucket('LandingBucket'),
    lake: bucket('LakeBucket'),
    failures: bucket('FailuresBucket'),
    state: new DynamoStateStore({ client: makeDynamoClient(), tableName: storage.StateTable }),
    stream: new KinesisEventStream({
      client: makeKinesisClient(),
      name: 'orders',
      streamName: storage.StreamName,
      clock,
    }),
    mappingId: pipelines.ConsumerMapping,
    async invoke<Answer>(output: string, event: unknown): Promise<Answer> {
      const command = { FunctionName: pipelines[output], Payload: JSON.stringify(event) };
      const { FunctionError, Payload } = await functions.send(new InvokeCommand(command));
      const text = Payload?.transformToString() ?? 'null';
      if (FunctionError !== undefined) throw new Error(`${output}: ${text}`);
      return JSON.parse(text) as Answer;
    },
  };
}

/** Asks again until there is an answer. Throws when it takes too long. */
export async function eventually<Answer>(
  what: string,
  ask: () => Promise<Answer | null>,
  withinMs = 90_000,
): Promise<Answer> {
  const clock = new SystemClock();
  const endAtMs = clock.now() + withinMs;
  while (clock.now() < endAtMs) {
    const answer = await ask();
    if (answer !== null) return answer;
    await clock.sleep(250);
  }
  throw new Error(`not within ${withinMs} ms: ${what}`);
}
