import { describe, expect, it } from 'vitest';
import type { StarterEvent } from '../../../../lambdas/batch/start-run/decide-start.ts';
import { startStep } from '../../../../lambdas/batch/start-run/start-step.ts';
import { DEFAULT_CONFIG } from '../../../../lambdas/shared/model/config.ts';
import type { EpochMs } from '../../../../lambdas/shared/model/time.ts';
import type { RunStart } from '../../../../lambdas/shared/ports/run-launcher.ts';
import { MemoryStateStore } from '../../../support/memory/memory-state-store.ts';
import { VirtualClock } from '../../../support/memory/virtual-clock.ts';
import { CountingRandomness } from '../../../support/stream-world.ts';

const HOUR_MS = 3_600_000;

function starter() {
  const clock = new VirtualClock(Date.UTC(2026, 0, 10));
  const launches: RunStart[] = [];
  const lost = { next: false };
  const ports = {
    state: new MemoryStateStore({ clock }),
    clock,
    randomness: new CountingRandomness(),
    settings: DEFAULT_CONFIG.batch,
    tellWait: () => undefined,
    launcher: {
      async launch(run: RunStart) {
        if (lost.next) {
          lost.next = false;
          throw new Error('the call got lost');
        }
        launches.push(run);
      },
      wakeAt: async () => undefined,
    },
  };
  const tell = async (...events: StarterEvent[]) => await startStep(ports, events);
  const ended = async () =>
    await tell({ kind: 'ended', runId: launches.at(-1)?.runId ?? 'there is none' });
  return { clock, launches, lost, tell, ended };
}

const raw = (consumer: string): StarterEvent => ({ kind: 'request', fromRaw: { consumer } });
const upload = (atMs: EpochMs): StarterEvent => ({ kind: 'upload', atMs });

describe('a run over the raw archive that was asked for', () => {
  it('begins at once, and is launched again as such where the launch got lost', async () => {
    const { launches, lost, tell } = starter();
    lost.next = true;
    await expect(tell(raw('copy'))).rejects.toThrow('the call got lost');

    await tell({ kind: 'tick' });
    await tell({ kind: 'tick' });

    expect(launches).toMatchObject([{ fromRaw: { consumer: 'copy' } }]);
  });

  it('leaves uploads and other requests to the runs after it, each consumer once', async () => {
    const { clock, launches, tell, ended } = starter();
    await tell(upload(clock.now()), { kind: 'request' }, raw('a'), raw('b'), raw('a'));
    await tell(raw('b'));
    for (let run = 0; run < 4; run++) {
      await clock.advance(HOUR_MS);
      await ended();
    }

    expect(launches.map(({ fromRaw }) => fromRaw?.consumer ?? 'landing')).toEqual([
      'a',
      'b',
      'landing',
    ]);
  });
});
