import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  makeDynamoClient,
  makeKinesisClient,
  makeS3Client,
} from '../../lambdas/shared/adapters/aws/clients.ts';
import { DynamoStateStore } from '../../lambdas/shared/adapters/aws/dynamo-state-store.ts';
import { KinesisEventStream } from '../../lambdas/shared/adapters/aws/kinesis-event-stream.ts';
import { S3ObjectStore } from '../../lambdas/shared/adapters/aws/s3-object-store.ts';
import { SystemClock } from '../../lambdas/shared/runtime/clock.ts';
import { SystemRandomness } from '../../lambdas/shared/runtime/randomness.ts';
import { SetupError } from './processes.ts';
import { cacheRoot, projectRoot } from './running-emulator.ts';

/** docs/localstack.md lists what this leaves out. */
const EMULATOR = ['--context', 'emulator=true'];

export const CDK = join(projectRoot, 'node_modules/.bin/cdk');
export const BOOTSTRAP = ['bootstrap', 'aws://000000000000/us-east-1'] as const;

/** Where templates and outputs of one deployment on the running emulator are. */
export class DeploymentFolder {
  readonly #folder: string;
  readonly #isEphemeral: boolean;

  /** @param isEphemeral whether data goes with its stack */
  constructor(name: string, isEphemeral = true) {
    this.#folder = join(cacheRoot, name);
    this.#isEphemeral = isEphemeral;
  }

  file(name: string): string {
    mkdirSync(this.#folder, { recursive: true });
    return join(this.#folder, name);
  }

  /** Of the plain CLI of the CDK. */
  cdkArguments(configFile: string, command: readonly string[]): string[] {
    const output = ['--output', this.file('cdk.out')];
    const data = ['--context', `ephemeral=${this.#isEphemeral}`];
    return [...command, ...EMULATOR, ...data, '--context', `config=${configFile}`, ...output];
  }

  deployCommand(): string[] {
    const outputs = ['--outputs-file', this.file('outputs.json')];
    return ['deploy', '--all', '--require-approval', 'never', ...outputs];
  }

  /** What was deployed. Throws `SetupError` where nothing was. */
  open(): Deployed {
    const outputs = this.file('outputs.json');
    if (existsSync(outputs)) return opened(JSON.parse(readFileSync(outputs, 'utf8')));
    throw new SetupError('nothing is deployed on the emulator: first `npm run local:deploy`');
  }
}

export interface Deployed {
  readonly landing: S3ObjectStore;
  readonly lake: S3ObjectStore;
  readonly failures: S3ObjectStore;
  readonly state: DynamoStateStore;
  readonly stateTable: string;
  readonly stream: KinesisEventStream;
  readonly streamName: string;
  /** Of the pipelines stack. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Of the stream's mapping to its consumer. */
  readonly mappingId: string;
  /** The answer of a function, by the name of its output. Throws where it failed. */
  invoke<Answer>(output: string, event: unknown): Promise<Answer>;
}

type Outputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

function opened(outputs: Outputs): Deployed {
  const storage = outputsOf(outputs, 'Storage');
  const pipelines = outputsOf(outputs, 'Pipelines');
  const clock = new SystemClock();
  const ports = { client: makeS3Client(), clock, randomness: new SystemRandomness() };
  const bucket = (name: string) => new S3ObjectStore({ ...ports, bucket: storage[name] });
  const functions = new LambdaClient({});
  return {
    landing: bucket('LandingBucket'),
    lake: bucket('LakeBucket'),
    failures: bucket('FailuresBucket'),
    state: new DynamoStateStore({ client: makeDynamoClient(), tableName: storage.StateTable }),
    stateTable: storage.StateTable,
    stream: new KinesisEventStream({
      client: makeKinesisClient(),
      name: 'orders',
      streamName: storage.StreamName,
      clock,
    }),
    streamName: storage.StreamName,
    outputs: pipelines,
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

/** Stacks begin with a prefix that the config chooses. */
function outputsOf(outputs: Outputs, stack: string): Readonly<Record<string, string>> {
  const name = Object.keys(outputs).find((found) => found.endsWith(stack));
  if (name === undefined) throw new SetupError(`no stack …${stack} is deployed: deploy again`);
  return outputs[name];
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
