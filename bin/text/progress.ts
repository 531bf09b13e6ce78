import type { SingleBar } from 'cli-progress';
import type { CommandContext } from '../base/command.ts';
import { byteText, withCommas } from './text-table.ts';

export interface ProgressStep {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  /** The total is what the part that is done lets expect. */
  readonly isEstimate?: true;
  /** `bytes` are shown as such, anything else is counted. */
  readonly unit: string;
}

export interface Progress {
  show(step: ProgressStep): void;
  stop(): void;
}

const REDRAWS_PER_SEC = 8;
const SILENT: Progress = { show: () => undefined, stop: () => undefined };

/**
 * A progress bar on standard error, on a terminal only; with `--json`, or into a file or pipe, it
 * does nothing.
 */
export async function createProgress({ io, isJson }: CommandContext): Promise<Progress> {
  if (!io.isErrTerminal || isJson) return SILENT;
  const { default: cliProgress } = await import('cli-progress');
  const bar = new cliProgress.SingleBar({
    format: '{stage} [{bar}] {percentage}% | {amount} | {rate}/s | {left} left',
    stream: process.stderr,
    fps: REDRAWS_PER_SEC,
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
  });
  return barProgress(bar, () => performance.now());
}

const UNKNOWN = '–';

/** Progress with a new bar per stage, so that rate and time left are those of the current stage. */
export function barProgress(
  bar: Pick<SingleBar, 'start' | 'setTotal' | 'update' | 'stop'>,
  nowMs: () => number,
): Progress {
  let stage: string | null = null;
  let startedAtMs = nowMs();
  let shownAtMs = startedAtMs;
  return {
    show(step) {
      if (step.stage !== stage) {
        bar.stop();
        stage = step.stage;
        startedAtMs = shownAtMs;
        bar.start(step.total, 0, {
          stage: stage.padEnd(8),
          amount: '0',
          rate: UNKNOWN,
          left: UNKNOWN,
        });
      }
      shownAtMs = nowMs();
      bar.setTotal(step.total);
      bar.update(step.done, texts(step, (shownAtMs - startedAtMs) / 1000));
    },
    stop() {
      bar.stop();
    },
  };
}

function texts({ done, total, unit, isEstimate }: ProgressStep, elapsedSec: number) {
  const isBytes = unit === 'bytes';
  const amount = isBytes ? byteText : withCommas;
  const about = isEstimate === true ? 'about ' : '';
  const amountText = `${amount(done)} of ${about}${amount(total)}${isBytes ? '' : ` ${unit}`}`;
  if (done === 0 || elapsedSec <= 0) return { amount: amountText, rate: UNKNOWN, left: UNKNOWN };
  const perSec = done / elapsedSec;
  return {
    amount: amountText,
    rate: amount(Math.round(perSec)),
    left: `${Math.ceil((total - done) / perSec)} s`,
  };
}
