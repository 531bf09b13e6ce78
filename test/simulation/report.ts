import { execFileSync } from 'node:child_process';
import type { SimulationArguments } from './arguments.ts';
import type { SimulationResult } from './simulate.ts';

/** Everything that somebody needs who looks into a failure. */
export function failureText(
  result: SimulationResult,
  { faults, canary }: Pick<SimulationArguments, 'faults' | 'canary'>,
): string {
  const { seed, failure } = result;
  if (failure === null) return '';
  const options = [
    `--seed ${seed}`,
    ...(faults === null ? [] : [`--faults ${faults.join(',')}`]),
    ...(canary === null ? [] : [`--canary ${canary}`]),
  ];
  return [
    `seed=${seed} commit=${commit()} replay: npm run sim -- ${options.join(' ')}`,
    `faults: ${result.faults.join(', ')}`,
    `invariant ${failure.invariant}: ${failure.message}`,
    `the last steps of ${result.steps}, trace ${result.traceHash}:`,
    ...failure.trace.map((line) => `  ${line}`),
    '',
  ].join('\n');
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    // A copy without its history can be simulated too.
    return 'unknown';
  }
}

/** Sums over many seeds. */
export class Tally {
  seeds = 0;
  #steps = 0;
  #records = 0;
  #entries = 0;
  #epochs = 0;
  failures = 0;

  add({ steps, records, entries, epochs, failure }: SimulationResult): void {
    this.seeds += 1;
    this.#steps += steps;
    this.#records += records;
    this.#entries += entries;
    this.#epochs += epochs;
    if (failure !== null) this.failures += 1;
  }

  text(elapsedMs: number): string {
    const sums = [
      `${this.seeds} seeds`,
      `${this.failures} failed`,
      `${this.#steps} steps`,
      `${this.#records} records`,
      `${this.#entries} entries`,
      `${this.#epochs} epochs`,
    ];
    const perSeed = (elapsedMs / Math.max(1, this.seeds)).toFixed(0);
    return `${sums.join(', ')}; ${perSeed} ms a seed`;
  }
}
