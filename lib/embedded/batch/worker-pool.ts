import { Worker } from 'node:worker_threads';
import { assert } from '../../../lambdas/shared/model/errors.ts';
import type { StageOutput, StageRunner, StageSettings, StageTask } from './stage-runner.ts';
import { type PlainError, revivedError } from './thread-error.ts';

/** Runs the tasks of a stage, several at once. */
export interface StagePool {
  readonly size: number;
  run<Task extends StageTask>(task: Task): Promise<StageOutput<Task>>;
  close(): Promise<void>;
}

export interface WorkerData {
  readonly landingDir: string;
  readonly lakeDir: string;
  readonly settings: StageSettings;
}

export type WorkerReply =
  | { readonly kind: 'done'; readonly output: unknown }
  | { readonly kind: 'failed'; readonly error: PlainError };

/** Runs all stages in this thread: for little data, where threads cost more than they gain. */
export function inlinePool(runner: Pick<StageRunner, 'run'>): StagePool {
  let running: Promise<unknown> = Promise.resolve();
  let isClosed = false;
  return {
    size: 1,
    async run(task) {
      await new Promise((resolve) => {
        setImmediate(resolve); // Lets signals and timers through.
      });
      if (isClosed) throw new Error('the pool was closed before the task began');
      const output = runner.run(task);
      running = output.catch(() => undefined); // The caller has the error.
      return await output;
    },
    /** Afterwards nothing is written any more, even if the caller did not wait for its task. */
    async close() {
      isClosed = true;
      await running;
    },
  };
}

/** Stages work on arrays and make few objects: a large nursery would only hold memory. */
const YOUNG_GENERATION_MB = 12;

interface Waiting {
  readonly task: StageTask;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Worker threads, each with its own stages. After an error in a thread no more tasks run. */
export class WorkerPool implements StagePool {
  readonly size: number;
  readonly #workers: Worker[];
  readonly #idle: Worker[];
  readonly #queue: Waiting[] = [];
  readonly #running = new Map<Worker, Waiting>();
  #failure: unknown = null;

  constructor(size: number, workerData: WorkerData) {
    this.size = size;
    this.#workers = Array.from({ length: size }, () => this.#start(workerData));
    this.#idle = [...this.#workers];
  }

  run<Task extends StageTask>(task: Task): Promise<StageOutput<Task>> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) {
        reject(this.#failure);
        return;
      }
      this.#queue.push({ task, resolve: resolve as (output: unknown) => void, reject });
      this.#next();
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #start(workerData: WorkerData): Worker {
    const worker = new Worker(new URL('./stage-worker.js', import.meta.url), {
      workerData,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    worker.on('message', (reply: WorkerReply) => {
      const waiting = this.#running.get(worker);
      assert(waiting !== undefined, 'a thread answers a task');
      this.#running.delete(worker);
      this.#idle.push(worker);
      if (reply.kind === 'done') waiting.resolve(reply.output);
      else waiting.reject(revivedError(reply.error));
      this.#next();
    });
    worker.on('error', (error) => this.#fail(error));
    return worker;
  }

  #next(): void {
    while (this.#queue.length > 0 && this.#idle.length > 0) {
      const worker = this.#idle.shift() as Worker;
      const waiting = this.#queue.shift() as Waiting;
      this.#running.set(worker, waiting);
      worker.postMessage(waiting.task);
    }
  }

  #fail(error: unknown): void {
    this.#failure = error;
    for (const { reject } of [...this.#running.values(), ...this.#queue]) reject(error);
    this.#running.clear();
    this.#queue.length = 0;
  }
}
