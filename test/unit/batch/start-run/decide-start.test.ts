import { describe, expect, it } from 'vitest';
import {
  decideStart,
  IDLE_STARTER,
  type StarterEvent,
  type StarterState,
} from '../../../../lambdas/batch/start-run/decide-start.ts';
import type { EpochMs } from '../../../../lambdas/shared/model/time.ts';

const settings = {
  quietForMs: 30_000,
  maxWaitMs: 900_000,
  minIntervalMs: 600_000,
  maxRunMs: 21_600_000,
};
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

const runningSince = (atMs: number) => ({
  runId: `run-${atMs}`,
  startedAtMs: ms(atMs),
  launchedAtMs: ms(atMs),
  firstUploadedAtMs: ms(1_000),
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
      running: runningSince(31_000),
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

  it('has itself called in steps where a run is due later than a call can be ordered for', () => {
    const hourly = { ...settings, minIntervalMs: 3_600_000 };
    const at = (state: StarterState, nowMs: number) =>
      decideStart(state, [TICK], { nowMs: ms(nowMs), settings: hourly, newRunId: 'run' });
    const waiting = { ...afterRun(1_000_000), uploadedAtMs: ms(1_100_000) };
    const first = at({ ...waiting, firstUploadedAtMs: ms(1_100_000) }, 1_200_000);
    const second = at(first.state, 2_100_000);

    expect([first.wakeAtMs, second.wakeAtMs]).toEqual([2_100_000, 3_000_000]);
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

  it('takes a run for over when it was launched longer ago than a run can take', () => {
    const started = { ...afterRun(31_000), running: runningSince(31_000) };
    const later = decide(started, 31_000 + settings.maxRunMs, upload(22_000_000));

    expect(later.launch).toBeNull();
    expect(later.state.running).toBeNull();
    expect(later.wakeAtMs).not.toBeNull();
  });

  it('launches one run until that is answered, however long it takes, and no other', () => {
    const started = decide(IDLE_STARTER, 31_000, upload(1_000));
    const later = decide(started.state, 99_000_000, upload(98_000_000));

    expect(later.launch?.runId).toBe('run-31000');
    expect(later.state.uploadedAtMs).toBe(98_000_000);
  });

  it('starts at once on request', () => {
    expect(decide(afterRun(1_000), 2_000, { kind: 'request' }).launch?.runId).toBe('run-2000');
  });

  describe('where uploads go on and on', () => {
    const every20Sec = Array.from({ length: 45 }, (_, index) => 1_000_000 + index * 20_000);

    it('starts a run once the first of them has waited long enough', () => {
      let state = IDLE_STARTER;
      for (const atMs of every20Sec) {
        const decision = decide(state, atMs, upload(atMs));
        expect(decision.launch).toBeNull();
        state = decision.state;
      }

      expect(decide(state, 1_899_999, upload(1_899_000)).launch).toBeNull();
      expect(decide(state, 1_900_000, upload(1_899_000)).launch?.runId).toBe('run-1900000');
    });

    it('has itself called at that time, not after quiet that may never come', () => {
      const { state } = decide(IDLE_STARTER, 1_000_000, upload(1_000_000));
      const later = decide(state, 1_890_000, upload(1_890_000));

      expect(later.wakeAtMs).toBe(1_900_000);
    });

    it('counts from the oldest, in whichever order they are told', () => {
      const { state } = decide(IDLE_STARTER, 2_000_000, upload(1_990_000), upload(1_200_000));

      expect(state).toMatchObject({ uploadedAtMs: 1_990_000, firstUploadedAtMs: 1_200_000 });
      expect(decide(state, 2_020_000, TICK).launch).not.toBeNull();
      expect(decide(state, 2_019_999, TICK).launch).toBeNull();
    });

    it('still keeps runs apart', () => {
      const settled = { ...settings, maxWaitMs: 60_000 };
      const { launch, wakeAtMs } = decideStart(afterRun(1_000_000), [upload(1_010_000)], {
        nowMs: ms(1_500_000),
        settings: settled,
        newRunId: 'run',
      });

      expect({ launch, wakeAtMs }).toEqual({ launch: null, wakeAtMs: 1_600_000 });
    });
  });

  describe('says how long the oldest upload has waited', () => {
    it('that waits for quiet, for the interval, or behind a run', () => {
      const behind = { ...afterRun(1_000_000), running: runningSince(1_000_000) };

      expect(decide(IDLE_STARTER, 40_000, upload(15_000)).waitMs).toBe(25_000);
      expect(decide(afterRun(1_000_000), 1_500_000, upload(1_100_000)).waitMs).toBe(400_000);
      expect(decide(behind, 9_000_000, upload(1_100_000)).waitMs).toBe(7_900_000);
    });

    it('as it is when its run starts, and nothing after that', () => {
      const started = decide(IDLE_STARTER, 45_000, upload(1_000));
      const launched = { ...started.state, running: runningSince(45_000) };

      expect(started.waitMs).toBe(44_000);
      expect(decide(launched, 400_000, TICK).waitMs).toBe(0);
    });

    it('until the launch of its run is answered', () => {
      const { state } = decide(IDLE_STARTER, 45_000, upload(1_000));

      expect(decide(state, 4_001_000, TICK).waitMs).toBe(4_000_000);
    });
  });
});
