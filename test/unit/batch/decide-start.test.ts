import { describe, expect, it } from 'vitest';
import {
  decideStart,
  IDLE_STARTER,
  type StarterEvent,
  type StarterState,
} from '../../../lambdas/batch/start-run/decide-start.ts';
import type { EpochMs } from '../../../lambdas/shared/model/time.ts';

const settings = { quietForMs: 30_000, minIntervalMs: 600_000, maxRunMs: 21_600_000 };
const ms = (value: number) => value as EpochMs;
const upload = (atMs: number): StarterEvent => ({ kind: 'upload', atMs: ms(atMs) });
const TICK: StarterEvent = { kind: 'tick' };

function decide(state: StarterState, nowMs: number, ...events: StarterEvent[]) {
  return decideStart(state, events, { nowMs: ms(nowMs), settings, newRunId: `run-${nowMs}` });
}

const afterRun = (startedAtMs: number): StarterState => ({
  ...IDLE_STARTER,
  lastStartedAtMs: ms(startedAtMs),
});

describe('decideStart', () => {
  it('waits for quiet after the last upload, then starts one run', () => {
    const first = decide(IDLE_STARTER, 1_000, upload(1_000));
    const second = decide(first.state, 20_000, upload(20_000));
    const early = decide(second.state, 31_000, TICK);
    const due = decide(early.state, 50_000, TICK);

    expect([first.launch, second.launch, early.launch]).toEqual([null, null, null]);
    expect(first.wakeAtMs).toBe(31_000);
    expect(second.wakeAtMs).toBeNull(); // A call is on its way already.
    expect(early.wakeAtMs).toBe(50_000);
    expect(due.launch).toEqual({ runId: 'run-50000', startedAtMs: 50_000 });
  });

  it('starts nothing while a run is under way, and one run after uploads during it', () => {
    const running = decide(IDLE_STARTER, 31_000, upload(1_000)).state;
    const launched: StarterState = {
      ...running,
      running: { runId: 'run-31000', startedAtMs: ms(31_000), isLaunched: true },
    };
    const during = decide(launched, 800_000, upload(40_000), upload(700_000));
    const ended = decide(during.state, 900_000, { kind: 'ended', runId: 'run-31000' });
    const again = decide(ended.state, 2_000_000, { kind: 'ended', runId: 'run-900000' }, TICK);

    expect(during.launch).toBeNull();
    expect(ended.launch?.runId).toBe('run-900000');
    expect(again.launch).toBeNull();
  });

  it('keeps runs apart by the minimum interval', () => {
    const { launch, wakeAtMs } = decide(afterRun(1_000_000), 1_100_000, upload(1_060_000));

    expect(launch).toBeNull();
    expect(wakeAtMs).toBe(1_600_000);
  });

  it('ignores a notification of an upload that the last run has listed', () => {
    const { state, launch, wakeAtMs } = decide(afterRun(1_000_000), 9_000_000, upload(970_000));

    expect({ launch, wakeAtMs }).toEqual({ launch: null, wakeAtMs: null });
    expect(state.uploadedAtMs).toBeNull();
  });

  it('does not let a clock that goes ahead hold a run back', () => {
    expect(decide(IDLE_STARTER, 1_000, upload(99_000_000)).wakeAtMs).toBe(31_000);
  });

  it('launches again a run whose launch was not answered', () => {
    const started = decide(IDLE_STARTER, 31_000, upload(1_000));
    const later = decide(started.state, 60_000, TICK);

    expect(later.launch).toMatchObject({ runId: 'run-31000', startedAtMs: 31_000 });
  });

  it('takes a run for over when it is older than a run can be', () => {
    const started = decide(IDLE_STARTER, 31_000, upload(1_000)).state;
    const later = decide(started, 31_000 + settings.maxRunMs, upload(22_000_000));

    expect(later.launch).toBeNull();
    expect(later.state.running).toBeNull();
    expect(later.wakeAtMs).not.toBeNull();
  });

  it('starts at once on request', () => {
    expect(decide(afterRun(1_000), 2_000, { kind: 'request' }).launch?.runId).toBe('run-2000');
  });
});
