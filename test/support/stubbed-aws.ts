import { Readable } from 'node:stream';
import type { EpochMs } from '../../lambdas/shared/model/time.ts';
import type { Clock } from '../../lambdas/shared/ports/clock.ts';

/** A request as it would go over the wire. */
export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** Of text; empty for none. */
  readonly body: string;
}

export interface StubAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A list comes in pieces; an error in it breaks the body off. */
  readonly body?: string | readonly (string | Error)[];
}

/** An error: no answer comes. A function: the answer depends on what was asked before. */
export type ScriptedAnswer = StubAnswer | Error | (() => StubAnswer);
/** What a service says to one request after another. */
export type Script = readonly ScriptedAnswer[];

/** Instead of a connection: answers by a script and remembers what was asked. */
export class StubbedAws {
  readonly requests: SentRequest[] = [];
  readonly #script: ScriptedAnswer[];

  constructor(script: Script) {
    this.#script = [...script];
  }

  /** For a client of any service: no retries, so that each answer shows. */
  get config() {
    return {
      region: 'eu-central-1',
      credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
      maxAttempts: 1,
      retryMode: 'standard',
      requestHandler: { handle: (request: unknown) => this.#handle(request) },
    } as const;
  }

  /** The operation of each request of DynamoDB or Kinesis. */
  get operations(): string[] {
    return this.requests.map(({ headers }) => headers['x-amz-target'].split('.')[1]);
  }

  async #handle(raw: unknown): Promise<{ response: never }> {
    const { method, path, query, headers, body } = raw as SentRequest & { body: unknown };
    this.requests.push({ method, path, query, headers, body: textOf(body) });
    const scripted = this.#script.shift();
    if (scripted === undefined) throw new Error(`no answer is left for ${method} ${path}`);
    if (scripted instanceof Error) throw scripted;
    const answer = typeof scripted === 'function' ? scripted() : scripted;
    const response = {
      statusCode: answer.status,
      headers: { ...answer.headers },
      body: Readable.from(piecesOf(answer.body ?? ''), { objectMode: false }),
    };
    return { response: response as never };
  }
}

function* piecesOf(body: NonNullable<StubAnswer['body']>): Iterable<Buffer> {
  for (const piece of typeof body === 'string' ? [body] : body) {
    if (piece instanceof Error) throw piece;
    yield Buffer.from(piece);
  }
}

function textOf(body: unknown): string {
  if (body === undefined) return '';
  if (!(body instanceof Uint8Array)) return String(body);
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString();
}

/** A connection that breaks: `code` as Node names it. */
export function broken(code = 'ECONNRESET'): Error {
  return Object.assign(new Error(`the connection broke: ${code}`), { code });
}

/** An error as DynamoDB and Kinesis answer it. */
export function jsonError(name: string, extra: object = {}, status = 400): StubAnswer {
  return { status, body: JSON.stringify({ __type: name, message: `${name} it is`, ...extra }) };
}

export function json(body: object, headers: StubAnswer['headers'] = {}): StubAnswer {
  return { status: 200, headers, body: JSON.stringify(body) };
}

/** An error as S3 answers it. */
export function xmlError(
  status: number,
  code: string,
  message = `${code} it is`,
  more = '',
): StubAnswer {
  const body = `<Error><Code>${code}</Code><Message>${message}</Message>${more}</Error>`;
  return { status, headers: { 'content-type': 'application/xml' }, body };
}

/** Without a body, as answers to HEAD are. */
export function bare(status: number, headers: StubAnswer['headers'] = {}): StubAnswer {
  return { status, headers };
}

/** A clock on which every pause is over at once. */
export function skippingClock(): Clock {
  let nowMs = 0;
  return {
    now: () => nowMs as EpochMs,
    sleep: async (durationMs) => {
      nowMs += durationMs;
    },
  };
}
