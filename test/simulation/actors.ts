import { readEpochHead } from '../../lambdas/shared/state/epoch-head.ts';
import type { StreamContext } from '../../lambdas/shared/state/stream-context.ts';
import { OrderConsumer } from '../../lambdas/stream/consume/consume-orders.ts';
import { FAILED_BATCHES } from '../../lambdas/stream/consume/count-messages.ts';
import { drainStream } from '../../lambdas/stream/operate/drain/drain-stream.ts';
import { redriveAll } from '../../lambdas/stream/operate/redrive/redrive-records.ts';
import { publishEpoch } from '../../lambdas/stream/publish/publish-epoch.ts';
import { cleanObjects } from '../../lambdas/stream/publish/roll-forward/clean-objects.ts';
import type { EpochWriter } from '../../lambdas/stream/publish/write/epoch-writer.ts';
import { FannedEpochWriter } from '../../lambdas/stream/publish/write/fanned-epoch-writer.ts';
import { InlineEpochWriter } from '../../lambdas/stream/publish/write/inline-epoch-writer.ts';
import { type Ending, openContext, runIn } from './environments.ts';
import { gatedMessages } from './gated-lake.ts';
import { ShardProcesses } from './shard-processes.ts';
import { type ProcessKind, SimProcess } from './sim-process.ts';
import type { World } from './world.ts';

/** Epochs that one start of a publisher publishes at most. */
const EPOCHS_PER_RUN = 4;
/** Share of starts that meet no environment that is warm. */
const COLD_RATE = 0.05;

/** What a process did in the end, as the trace shows it. */
export type Done = (ending: Ending<string>) => void;

/** A process and what it keeps from one run to the next. */
export class Host {
  readonly process: SimProcess;
  readonly #world: World;
  #context: StreamContext | null = null;
  #writer: EpochWriter | null = null;
  #consumer: OrderConsumer | null = null;

  constructor(world: World, kind: ProcessKind, codeVersion: string) {
    this.#world = world;
    this.process = new SimProcess(world, kind, codeVersion);
  }

  async context(): Promise<StreamContext> {
    this.#context ??= await openContext(this.#world, this.process);
    return this.#context;
  }

  writer(context: StreamContext): EpochWriter {
    if (this.#writer !== null) return this.#writer;
    const { canary, faults, memory } = this.#world;
    const { rowGroupRows } = context.config.parquet;
    const inline = new InlineEpochWriter(context, memory.takePublish(rowGroupRows));
    const writer = faults.has('shard_processes')
      ? new FannedEpochWriter(inline, new ShardProcesses(this.#world, context), 0)
      : inline;
    this.#writer = canary.writer?.(context, writer) ?? writer;
    return this.#writer;
  }

  consumer(context: StreamContext): OrderConsumer {
    this.#consumer ??= new OrderConsumer(context, this.#world.memory.takeConsume(context));
    return this.#consumer;
  }
}

type Run = (world: World, host: Host) => Promise<string>;

/** Starts a run in an environment that answered before, or in a new one. */
function start(world: World, kind: ProcessKind, codeVersion: string, run: Run, onEnd: Done): void {
  const { hosts, randoms, scheduler } = world;
  const name = `${kind} ${codeVersion}`;
  const warm = (hosts.get(name) ?? []).filter(({ process }) => !process.isDead);
  hosts.set(name, warm);
  const isCold = randoms.actors.chance(COLD_RATE);
  const host = (isCold ? undefined : warm.pop()) ?? new Host(world, kind, codeVersion);
  host.process.startedAtMs = scheduler.now();
  runIn(
    world,
    host.process,
    () => run(world, host),
    (ending) => {
      if (ending.status !== 'died') warm.push(host);
      onEnd(ending);
    },
  );
}

export function startPublisher(world: World, codeVersion: string, onEnd: Done): void {
  start(world, 'publisher', codeVersion, publish, onEnd);
}

export function startDrain(world: World, onEnd: Done): void {
  start(world, 'drain', 'v1', drain, onEnd);
}

export function startRedrive(world: World, onEnd: Done): void {
  start(world, 'redrive', 'v1', redrive, onEnd);
}

async function publish(world: World, host: Host): Promise<string> {
  const { faults, scheduler } = world;
  const { process } = host;
  const context = await host.context();
  const mayReplan = process.codeVersion === 'v1' && faults.has('other_version');
  for (let run = 0; run < EPOCHS_PER_RUN; run++) {
    const options = { isReplan: mayReplan && faults.random.chance(0.2) };
    const { status } = await publishEpoch(context, host.writer(context), options);
    scheduler.note(`${process.name} ${status}`);
    if (status !== 'published') return status;
    if (faults.strikes('early_cleaning')) await cleanObjects(context, await readEpochHead(context));
  }
  return 'published';
}

async function drain(_: World, host: Host): Promise<string> {
  const context = await host.context();
  const writer = host.writer(context);
  const options = { isReplan: true };
  const { drainedToMs } = await drainStream(context, host.consumer(context), writer, options);
  return `drained to ${drainedToMs}`;
}

async function redrive(world: World, host: Host): Promise<string> {
  const context = await host.context();
  const messages = { store: gatedMessages(world, host.process), prefix: FAILED_BATCHES };
  const reports: string[] = [];
  for await (const { status } of redriveAll(context, messages, { isDryRun: false })) {
    reports.push(status);
  }
  return reports.join(' ');
}

/** Starts processes again and again; not more than `atOnce` of them that were not given up. */
export class Starter {
  readonly #world: World;
  readonly #start: (onEnd: Done) => void;
  readonly #atOnce: () => number;
  readonly #everyMs: number;
  #running = 0;
  isStopped = false;

  constructor(
    world: World,
    options: {
      readonly start: (onEnd: Done) => void;
      readonly atOnce: () => number;
      readonly everyMs: number;
    },
  ) {
    this.#world = world;
    this.#start = options.start;
    this.#atOnce = options.atOnce;
    this.#everyMs = options.everyMs;
    world.scheduler.after(world.randoms.actors.below(this.#everyMs), () => this.#tick());
  }

  #tick(): void {
    if (this.isStopped) return;
    const { scheduler, settings, randoms } = this.#world;
    const pauseMs = this.#everyMs * (0.5 + randoms.actors.below(1_000) / 1_000);
    scheduler.after(pauseMs, () => this.#tick());
    if (this.#running >= this.#atOnce()) return;
    this.#running += 1;
    let isRunning = true;
    const leave = () => {
      if (isRunning) this.#running -= 1;
      isRunning = false;
    };
    this.#start(leave);
    scheduler.after(settings.timeoutMs * 2, leave);
  }
}
