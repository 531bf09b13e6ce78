import { describe, expect, it } from 'vitest';
import {
  readStarter,
  STARTER_KEY,
  type StarterPorts,
  startStep,
} from '../../../../lambdas/batch/start-run/start-step.ts';
import type { EpochMs } from '../../../../lambdas/shared/model/time.ts';
import type { RunStart } from '../../../../lambdas/shared/ports/run-launcher.ts';
import type { Attributes } from '../../../../lambdas/shared/ports/state-store.ts';
import { MemoryStateStore } from '../../../support/memory/memory-state-store.ts';
import { VirtualClock } from '../../../support/memory/virtual-clock.ts';
import { CountingRandomness } from '../../../support/stream-world.ts';

const NOW_MS = 1_000_000_000_000;

async function startedWith(stored: Attributes | null) {
  const clock = new VirtualClock(NOW_MS);
  const state = new MemoryStateStore({ clock });
  if (stored !== null) {
    const attributes = { version: 3, ...stored };
    await state.transact([{ kind: 'put', key: STARTER_KEY, attributes, ifAbsent: true }], 'first');
  }
  const launched: RunStart[] = [];
  const waitsMs: number[] = [];
  const ports: StarterPorts = {
    state,
    clock,
    randomness: new CountingRandomness(),
    launcher: {
      async launch(run) {
        launched.push(run);
      },
      async wakeAt() {
        // Nobody is called here.
      },
    },
    settings: {
      quietForMs: 30_000,
      maxWaitMs: 900_000,
      minIntervalMs: 600_000,
      maxRunMs: 21_600_000,
    },
    tellWait: (waitMs) => waitsMs.push(waitMs),
  };
  return { ports, state, clock, launched, waitsMs };
}

/** As versions before `batch.maxWait` stored it. */
const OLD_FORM = {
  uploadedAtMs: NOW_MS - 10_000,
  isRequested: false,
  running: null,
  lastStartedAtMs: NOW_MS - 5_000_000,
  wakeAtMs: NOW_MS + 20_000,
};

describe('a state that an older version stored', () => {
  it('counts the wait from the newest upload on, which is all that it knows', async () => {
    const { state } = await startedWith(OLD_FORM);

    expect((await readStarter(state)).state).toEqual({
      ...OLD_FORM,
      firstUploadedAtMs: OLD_FORM.uploadedAtMs,
    });
  });

  it('holds a run that was answered for launched when it was started', async () => {
    const running = { runId: 'r', startedAtMs: NOW_MS - 60_000, isLaunched: true };
    const { state } = await startedWith({ ...OLD_FORM, uploadedAtMs: null, running });

    expect((await readStarter(state)).state).toEqual({
      ...OLD_FORM,
      uploadedAtMs: null,
      firstUploadedAtMs: null,
      running: {
        runId: 'r',
        startedAtMs: NOW_MS - 60_000,
        launchedAtMs: NOW_MS - 60_000,
        firstUploadedAtMs: null,
      },
    });
  });

  it('has a run that was not answered launched again', async () => {
    const running = { runId: 'r', startedAtMs: NOW_MS - 60_000, isLaunched: false };
    const { ports, launched, state } = await startedWith({ ...OLD_FORM, running });

    expect(await startStep(ports, [{ kind: 'tick' }])).toEqual({ launched: 'r' });

    expect(launched.map(({ runId }) => runId)).toEqual(['r']);
    expect((await readStarter(state)).state.running).toMatchObject({ launchedAtMs: NOW_MS });
  });

  it('is taken on from: uploads that go on and on start a run', async () => {
    const { ports, clock, launched } = await startedWith(OLD_FORM);
    for (let sec = 0; sec <= 900; sec += 20) {
      const atMs = clock.now() as EpochMs;
      await startStep(ports, [{ kind: 'upload', atMs }]);
      await clock.advance(20_000);
    }

    expect(launched).toHaveLength(1);
  });
});

describe('the wait', () => {
  it('is told although the launch fails', async () => {
    const { ports, waitsMs } = await startedWith({ ...OLD_FORM, uploadedAtMs: NOW_MS - 40_000 });
    const launch = async () => {
      throw new Error('AccessDenied');
    };
    const failing = { ...ports, launcher: { ...ports.launcher, launch } };

    await expect(startStep(failing, [{ kind: 'tick' }])).rejects.toThrow('AccessDenied');

    expect(waitsMs).toEqual([40_000]);
  });
});
