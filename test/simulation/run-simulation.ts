import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { parseSimulationArguments, type SimulationArguments } from './arguments.ts';
import { NO_CANARY } from './canaries.ts';
import { CANARIES } from './canary-list.ts';
import { failureText, Tally } from './report.ts';
import { type SimulationResult, simulate } from './simulate.ts';

/**
 * `npm run sim -- --seeds N [--seed S] [--faults a,b] [--canary NAME] [--workers W]`: runs N seeds
 * from S on. A failure is printed with everything that replays it; exit 1 then.
 */

/** Failures that are printed whole. */
const FAILURES_PRINTED = 5;

/** How it goes is printed so often. */
const SEEDS_PER_LINE = 1_000;

const print = (text: string) => process.stdout.write(`${text}\n`);

async function simulateSeeds(
  { seed, seedCount, faults, canary, workers }: SimulationArguments,
  worker: number,
  take: (result: SimulationResult) => void,
): Promise<void> {
  for (let index = worker; index < seedCount; index += workers) {
    const result = await simulate({
      seed: seed + index,
      only: faults,
      canary: canary === null ? NO_CANARY : CANARIES[canary],
    });
    take(result);
    // A seed gives way to nothing but itself: messages of the others come in now.
    await nextTurn();
  }
}

async function main(): Promise<void> {
  const options = parseSimulationArguments(process.argv.slice(2));
  const tally = new Tally();
  const startedAtMs = performance.now();
  const take = (result: SimulationResult) => {
    tally.add(result);
    if (tally.seeds % SEEDS_PER_LINE === 0) print(tally.text(performance.now() - startedAtMs));
    if (result.failure === null) return;
    const { invariant, message } = result.failure;
    const [line] = message.split('\n');
    if (tally.failures <= FAILURES_PRINTED) print(failureText(result, options));
    else print(`seed=${result.seed} invariant ${invariant}: ${line}`);
  };
  const others = Array.from({ length: options.workers - 1 }, (_, index) => {
    const worker = new Worker(fileURLToPath(import.meta.url), {
      workerData: { options, worker: index + 1 },
    });
    worker.on('message', take);
    return once(worker, 'exit');
  });
  await Promise.all([simulateSeeds(options, 0, take), ...others]);
  if (tally.seeds % SEEDS_PER_LINE > 0) print(tally.text(performance.now() - startedAtMs));
  process.exitCode = tally.failures > 0 ? 1 : 0;
}

if (isMainThread) await main();
else {
  const { options, worker } = workerData as { options: SimulationArguments; worker: number };
  await simulateSeeds(options, worker, (result) => parentPort?.postMessage(result));
}
