import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { StarterEvent } from '../../lambdas/batch/start-run/decide-start.ts';
import { startStep } from '../../lambdas/batch/start-run/start-step.ts';
import { MemoryStateStore } from '../../lambdas/shared/adapters/memory/memory-state-store.ts';
import { VirtualClock } from '../../lambdas/shared/adapters/memory/virtual-clock.ts';
import type { EpochMs } from '../../lambdas/shared/model/time.ts';
import type { RunLauncher, RunStart } from '../../lambdas/shared/ports/run-launcher.ts';
import { runs } from '../support/runs.ts';
import { seed } from '../support/seed.ts';
import { CountingRandomness } from '../support/stream-world.ts';

const SECOND_MS = 1_000;
const settings = { quietForMs: 30_000, minIntervalMs: 600_000, maxRunMs: 21_600_000 };
/** How long a run takes here. */
const RUN_MS = 200_000;

/** The starter with a world that uploads, notifies (twice, late, in any order) and runs. */
class StarterWorld implements RunLauncher {
  readonly clock = new VirtualClock(1_000_000_000_000);
  readonly launches = new Map<string, RunStart>();
  readonly #state = new MemoryStateStore({ clock: this.clock });
  readonly #randomness = new CountingRandomness();
  readonly #agenda: { readonly atMs: number; readonly event: StarterEvent }[] = [];

  async launch(run: RunStart): Promise<void> {
    if (this.launches.has(run.runId)) return;
    this.launches.set(run.runId, run);
    this.at(this.clock.now() + RUN_MS, { kind: 'ended', runId: run.runId });
  }

  async wakeAt(timeMs: EpochMs): Promise<void> {
    this.at(timeMs, { kind: 'tick' });
  }

  at(atMs: number, event: StarterEvent): void {
    this.#agenda.push({ atMs, event });
  }

  /** Until nothing is to come. */
  async run(): Promise<void> {
    while (this.#agenda.length > 0) {
      this.#agenda.sort((a, b) => a.atMs - b.atMs);
      const [next] = this.#agenda.splice(0, 1);
      const waitMs = next.atMs - this.clock.now();
      if (waitMs > 0) await this.clock.advance(waitMs);
      const ports = { state: this.#state, launcher: this, clock: this.clock, settings };
      await startStep({ ...ports, randomness: this.#randomness }, [next.event]);
    }
  }
}

const uploads = fc.array(
  fc.record({
    /** When it is uploaded, and how long after that it is told, each time. */
    atSec: fc.nat(4_000),
    toldAfterSec: fc.array(fc.nat(300), { minLength: 1, maxLength: 3 }),
  }),
  { minLength: 1, maxLength: 12 },
);

it('runs after every upload, one run at a time, apart from each other, and never for nothing', async () => {
  await fc.assert(
    fc.asyncProperty(uploads, async (given) => {
      const world = new StarterWorld();
      const startMs = world.clock.now();
      const uploadedMs = given.map(({ atSec }) => startMs + atSec * SECOND_MS);
      given.forEach(({ toldAfterSec }, index) => {
        for (const afterSec of toldAfterSec) {
          const atMs = uploadedMs[index];
          world.at(atMs + afterSec * SECOND_MS, { kind: 'upload', atMs: atMs as EpochMs });
        }
      });

      await world.run();

      const starts = [...world.launches.values()].map(({ startedAtMs }) => startedAtMs);
      // The last run has listed every upload.
      expect(starts[starts.length - 1]).toBeGreaterThanOrEqual(Math.max(...uploadedMs));
      starts.slice(1).forEach((startedAtMs, index) => {
        expect(startedAtMs - starts[index]).toBeGreaterThanOrEqual(settings.minIntervalMs);
        // Something came since the run before, by a clock that may be 5 s behind.
        const isWanted = uploadedMs.some(
          (atMs) => atMs > starts[index] - 5_000 && atMs <= startedAtMs,
        );
        expect(isWanted).toBe(true);
      });
    }),
    { seed, ...runs(100) },
  );
});
