import { RetryableError } from '../../shared/model/errors.ts';
import type { EpochMs } from '../../shared/model/time.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Randomness } from '../../shared/ports/randomness.ts';
import type { RunLauncher, RunStart } from '../../shared/ports/run-launcher.ts';
import type { Attributes, StateOperation, StateStore } from '../../shared/ports/state-store.ts';
import {
  decideStart,
  IDLE_STARTER,
  type RunningRun,
  type StarterEvent,
  type StarterSettings,
  type StarterState,
} from './decide-start.ts';

/** The starter's one item, in the same table as those of the stream. */
export const STARTER_KEY = { pk: 'batch#STARTER', sk: 'STATE' };

/** Concurrent starters may save first; the loser decides again, at most this often. */
const MAX_RACES = 10;

export interface StarterPorts {
  readonly state: StateStore;
  readonly launcher: RunLauncher;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly settings: StarterSettings;
  /** Told with each call, before anything that may fail: the wait of the oldest upload. */
  readonly tellWait: (waitMs: number) => void;
}

/**
 * Takes notifications, in any order and repeatedly, and starts a run if one is due. Stores the
 * decision first, so that the next call repeats a launch that got lost.
 */
export async function startStep(
  ports: StarterPorts,
  events: readonly StarterEvent[],
): Promise<{ readonly launched: string | null }> {
  const { launcher, clock, randomness, settings, tellWait } = ports;
  for (let race = 0; race < MAX_RACES; race++) {
    const stored = await readStarter(ports.state);
    const nowMs = clock.now();
    const newRunId = runIdAt(nowMs, randomness);
    const decision = decideStart(stored.state, events, { nowMs, settings, newRunId });
    const isSaved = await saveStarter(ports, stored, decision.state);
    if (!isSaved) continue;
    tellWait(decision.waitMs);
    if (decision.wakeAtMs !== null) await launcher.wakeAt(decision.wakeAtMs);
    if (decision.launch === null) return { launched: null };
    await launcher.launch(decision.launch);
    await markLaunched(ports, decision.launch.runId);
    return { launched: decision.launch.runId };
  }
  throw new RetryableError(`the starter lost ${MAX_RACES} races`);
}

/** `20260131T120000Z-` and 8 hexadecimal digits. */
function runIdAt(nowMs: EpochMs, randomness: Randomness): string {
  const time = new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '');
  return `${time}-${randomness.id().slice(-8)}`;
}

interface StoredStarter {
  /** 0: there is no item. */
  readonly version: number;
  readonly state: StarterState;
}

/**
 * The starter's state with its version for conditional saves; idle if none is stored. Converts the
 * forms of earlier versions.
 */
export async function readStarter(state: StateStore): Promise<StoredStarter> {
  const item = await state.get(STARTER_KEY);
  if (item === null) return { version: 0, state: IDLE_STARTER };
  const { version, ...rest } = item.attributes as unknown as AnyStarterState & { version: number };
  return { version, state: currentForm(rest) };
}

type AnyRunningRun = RunStart & Partial<RunningRun> & { readonly isLaunched?: boolean };

/** In the form of any version. */
type AnyStarterState = Omit<StarterState, 'firstUploadedAtMs' | 'running'> & {
  readonly firstUploadedAtMs?: EpochMs | null;
  readonly running: AnyRunningRun | null;
};

/**
 * Versions before `batch.maxWait` knew the newest upload only, and of a launch only whether it was
 * answered: the wait then counts from the newest upload on.
 */
function currentForm({ running, firstUploadedAtMs, ...rest }: AnyStarterState): StarterState {
  return {
    ...rest,
    firstUploadedAtMs: firstUploadedAtMs ?? rest.uploadedAtMs,
    running: running === null ? null : currentRunning(running),
  };
}

function currentRunning({ isLaunched, ...running }: AnyRunningRun): RunningRun {
  const { runId, startedAtMs, fromRaw, launchedAtMs, firstUploadedAtMs } = running;
  return {
    runId,
    startedAtMs,
    ...(fromRaw === undefined ? {} : { fromRaw }),
    launchedAtMs: launchedAtMs ?? (isLaunched === true ? startedAtMs : null),
    firstUploadedAtMs: firstUploadedAtMs ?? null,
  };
}

/** False if another starter saved first. */
async function saveStarter(
  { state, randomness }: StarterPorts,
  before: StoredStarter,
  after: StarterState,
): Promise<boolean> {
  if (JSON.stringify(before.state) === JSON.stringify(after)) return true;
  const set = { ...after, version: before.version + 1 } as unknown as Attributes;
  const operation: StateOperation =
    before.version === 0
      ? { kind: 'put', key: STARTER_KEY, attributes: set, ifAbsent: true }
      : {
          kind: 'update',
          key: STARTER_KEY,
          set,
          tests: [{ attribute: 'version', equals: before.version }],
        };
  const { status } = await state.transact([operation], randomness.id());
  return status === 'committed';
}

/** If another starter saved meanwhile, a later call repeats the launch, without effect. */
async function markLaunched(ports: StarterPorts, runId: string): Promise<void> {
  const stored = await readStarter(ports.state);
  const { running } = stored.state;
  if (running === null || running.runId !== runId || running.launchedAtMs !== null) return;
  await saveStarter(ports, stored, {
    ...stored.state,
    running: { ...running, launchedAtMs: ports.clock.now() },
  });
}
