import type { SingleBar } from 'cli-progress';
import type { CommandContext } from './command.ts';
import { byteText, withCommas } from './text-table.ts';

export interface ProgressStep {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  /** `bytes` are shown as such, anything else is counted. */
  readonly unit: string;
}

export interface Progress {
  show(step: ProgressStep): void;
  stop(): void;
}

const REDRAWS_PER_SEC = 8;
const SILENT: Progress = { show: () => undefined, stop: () => undefined };

/** One bar on standard error, on a terminal only; with `--json` or into a file or pipe there is none. */
export async function createProgress({ io, isJson }: CommandContext): Promise<Progress> {
  if (!io.isErrTerminal || isJson) return SILENT;
  const { default: cliProgress } = await import('cli-progress');
  const bar = new cliProgress.SingleBar({
    format: '{stage} [{bar}] {percentage}% | {amount} | {rate}/s | {eta_formatted} left',
    stream: process.stderr,
    fps: REDRAWS_PER_SEC,
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    etaBuffer: 40,
  });
  return barProgress(bar);
}

/** A new bar per stage, so that rate and time left are those of the stage. */
function barProgress(bar: SingleBar): Progress {
  let stage: string | null = null;
  let startedAtMs = 0;
  return {
    show(step) {
      const amount = step.unit === 'bytes' ? byteText : withCommas;
      if (step.stage !== stage) {
        bar.stop();
        stage = step.stage;
        startedAtMs = performance.now();
        bar.start(step.total, 0, { stage: stage.padEnd(8), amount: amount(0), rate: '–' });
      }
      const elapsedSec = Math.max(0.001, (performance.now() - startedAtMs) / 1000);
      const unit = step.unit === 'bytes' ? '' : ` ${step.unit}`;
      bar.setTotal(step.total);
      bar.update(step.done, {
        amount: `${amount(step.done)} of ${amount(step.total)}${unit}`,
        rate: amount(Math.round(step.done / elapsedSec)),
      });
    },
    stop() {
      bar.stop();
    },
  };
}
