import { runCli } from './cli.ts';
import type { CommandIo } from './command.ts';

const EXIT_INTERRUPTED = 130;
/**
 * A terminal signals the whole group, and npm or the restarting parent passes the same signal on:
 * one ctrl-C may come twice.
 */
const SAME_SIGNAL_MS = 300;

function createIo(): CommandIo {
  let isOutClosed = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    isOutClosed = true;
  });
  return {
    get isOutClosed() {
      return isOutClosed;
    },
    get isErrTerminal() {
      return process.stderr.isTTY === true;
    },
    writeOut(text) {
      if (isOutClosed) return Promise.resolve();
      // An error reaches the listener above; whoever waits goes on and sees `isOutClosed`.
      return new Promise((resolve) => void process.stdout.write(text, () => resolve()));
    },
    writeErr(text) {
      process.stderr.write(text);
    },
  };
}

/** The first ctrl-C asks the command to end, a second one ends the process. */
function abortOnSignal(): AbortSignal {
  const controller = new AbortController();
  let firstAtMs = Number.NEGATIVE_INFINITY;
  const interrupt = () => {
    if (!controller.signal.aborted) {
      firstAtMs = performance.now();
      controller.abort();
    } else if (performance.now() - firstAtMs > SAME_SIGNAL_MS) {
      process.exit(EXIT_INTERRUPTED);
    }
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return controller.signal;
}

process.exitCode = await runCli(process.argv.slice(2), createIo(), abortOnSignal());
