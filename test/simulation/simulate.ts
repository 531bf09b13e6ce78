import { type Done, Starter, startDrain, startPublisher, startRedrive } from './actors.ts';
import { checkRest } from './check/rest-checker.ts';
import { checkTables } from './check/table-checker.ts';
import { DimensionEditor } from './dimension-editor.ts';
import type { Ending } from './environments.ts';
import type { FaultName } from './faults.ts';
import { Fleet } from './fleet.ts';
import { Resharder, Retention } from './operators.ts';
import type { SimProcess } from './sim-process.ts';
import { striker } from './strike.ts';
import { expectThat, Violation } from './violation.ts';
import { Producer } from './workload.ts';
import { type SimulationOptions, World } from './world.ts';

export interface SimulationResult {
  readonly seed: number;
  readonly faults: readonly FaultName[];
  /** Equal where two runs took the same way. */
  readonly traceHash: string;
  readonly steps: number;
  readonly records: number;
  readonly entries: number;
  readonly epochs: number;
  /** Null: no checker had anything to say. */
  readonly failure: SimulationFailure | null;
}

export interface SimulationFailure {
  readonly invariant: string;
  readonly message: string;
  /** The last steps. */
  readonly trace: readonly string[];
}

/** Runs the whole stream door for one seed, which decides everything. */
export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const world = new World(options);
  let failure: SimulationFailure | null = null;
  const undo = options.canary.install?.(world);
  try {
    await runWorld(world);
  } catch (error) {
    const invariant = error instanceof Violation ? error.invariant : 'no unexpected error';
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    failure = { invariant, message, trace: world.scheduler.trace };
  } finally {
    undo?.();
    world.memory.giveAll();
  }
  const { scheduler, faults, observer } = world;
  const logs = [...observer.logs.shards.values()];
  return {
    seed: options.seed,
    faults: faults.names,
    traceHash: scheduler.traceHash,
    steps: scheduler.steps,
    records: [...world.shards.values()].reduce((sum, { records }) => sum + records.length, 0),
    entries: logs.reduce((sum, { entries }) => sum + entries.length, 0),
    epochs: observer.epochs.epochs.length,
    failure,
  };
}

const MINUTE_MS = 60_000;

async function runWorld(world: World): Promise<void> {
  const { scheduler, faults, settings, randoms } = world;
  await world.refreshShards();
  scheduler.hook = striker(world);
  const fleet = new Fleet(world);
  const producer = new Producer(world);
  const editor = new DimensionEditor(world);
  if (faults.has('reshard')) new Resharder(world);
  if (faults.has('trim')) new Retention(world);
  const starters = startersOf(world);
  producer.start();
  await scheduler.run(() => producer.isDone);
  const endMs = scheduler.now() + randoms.actors.below(60) * MINUTE_MS;
  scheduler.at(endMs, () => {});
  await scheduler.run(() => scheduler.now() >= endMs);

  faults.stop();
  editor.mend();
  scheduler.note('no more faults');
  const late = wakeSome(world);
  await scheduler.run(() => fleet.isIdle);
  for (const starter of starters) starter.isStopped = true;
  await scheduler.run(() => isQuiet(world) && fleet.isIdle);
  await finish(world, 'drain', (onEnd) => startDrain(world, onEnd));
  // By now each shard has its HEAD, so that every record has an owner.
  await finish(world, 'redrive', (onEnd) => startRedrive(world, onEnd));
  for (const process of late) process.suspendedUntilMs = 0;
  await scheduler.run(() => isQuiet(world));
  scheduler.after(settings.timeoutMs, () => {});
  await finish(world, 'drain', (onEnd) => startDrain(world, onEnd));
  await finish(world, 'publisher', (onEnd) => startPublisher(world, 'v1', onEnd));
  await checkRest(world);
  await checkTables(world);
}

function startersOf(world: World): Starter[] {
  const { faults, settings } = world;
  const publishEveryMs = settings.publishEveryMs;
  const publishers = new Starter(world, {
    start: (onEnd) => {
      const isOther = faults.strikes('other_version');
      return startPublisher(world, isOther ? 'v2' : 'v1', onEnd);
    },
    atOnce: () => (faults.strikes('two_publishers') ? 3 : 1),
    everyMs: publishEveryMs,
  });
  const rare = { atOnce: () => 1, everyMs: publishEveryMs * 3 };
  const starters = [publishers];
  if (faults.has('drain_beside')) {
    starters.push(new Starter(world, { ...rare, start: (onEnd) => startDrain(world, onEnd) }));
  }
  if (faults.has('redrive')) {
    const often = { atOnce: () => 2, everyMs: publishEveryMs };
    starters.push(new Starter(world, { ...often, start: (onEnd) => startRedrive(world, onEnd) }));
  }
  return starters;
}

/** Half of the processes that hang go on now; the others are returned, and hang until the end. */
function wakeSome(world: World): SimProcess[] {
  const late: SimProcess[] = [];
  for (const process of world.processes) {
    if (process.isDead || process.suspendedUntilMs <= world.scheduler.now()) continue;
    const isLate = world.randoms.actors.chance(0.5);
    process.suspendedUntilMs = isLate ? Number.POSITIVE_INFINITY : 0;
    if (isLate) late.push(process);
  }
  return late;
}

/** Nobody waits for a turn but those that hang. */
function isQuiet({ scheduler }: World): boolean {
  return scheduler.waiting.every(
    ({ actor }) => actor.suspendedUntilMs === Number.POSITIVE_INFINITY,
  );
}

/** Without faults a process gets to its end. */
async function finish(world: World, name: string, start: (onEnd: Done) => void): Promise<void> {
  const box: { ending: Ending<string> | null } = { ending: null };
  start((ending) => {
    box.ending = ending;
  });
  await world.scheduler.run(() => box.ending !== null);
  const { ending } = box;
  expectThat(ending?.status === 'answered', '12', () => {
    const why = ending?.status === 'failed' ? String(ending.error) : 'it does not end';
    return `${name} fails though nothing goes wrong any more: ${why}`;
  });
  world.scheduler.note(`${name} at the end: ${ending.value}`);
}
