import { createInterface } from 'node:readline/promises';
import { runCli } from './cli.ts';
import type { CommandIo } from './command.ts';

const EXIT_INTERRUPTED = 130;
/**
 * A terminal signals the whole group, and npm or the restarting parent passes the same signal on:
 * one ctrl-C may come twice.
 */
const SAME_SIGNAL_MS = 300;

const DEFAULT_COLUMNS = 80;
/** So long a reader has to take what an interrupted command wrote last. */
const LAST_WRITE_MS = 1_000;

function createIo(signal: AbortSignal): CommandIo {
  let isOutClosed = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    isOutClosed = true;
  });
  return {
    get isOutClosed() {
      return isOutClosed;
    },
    get outColumns() {
      return process.stdout.isTTY ? process.stdout.columns || DEFAULT_COLUMNS : null;
    },
    get isErrTerminal() {
      return process.stderr.isTTY === true;
    },
    get errColumns() {
      // 0 where the terminal does not say.
      return process.stderr.columns || DEFAULT_COLUMNS;
    },
    ask: process.stdin.isTTY && process.stderr.isTTY ? (text) => ask(text, signal) : null,
    writeOut(text) {
      if (isOutClosed) return Promise.resolve();
      // An error reaches the listener above; whoever waits goes on and sees `isOutClosed`. So does
      // whoever waits when the signal comes, however long nobody reads.
      return new Promise((resolve) => {
        const goOn = () => {
          signal.removeEventListener('abort', goOn);
          resolve();
        };
        signal.addEventListener('abort', goOn);
        process.stdout.write(text, goOn);
        if (signal.aborted) goOn();
      });
    },
    writeErr: (text) => void process.stderr.write(text),
    drawErr: (text) => void process.stderr.write(text),
  };
}

/** Ctrl-C is an answer too: the promise rejects. */
async function ask(question: string, signal: AbortSignal): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // The terminal hands ctrl-C to whoever reads lines from it.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return await lines.question(question, { signal });
  } finally {
    lines.close();
  }
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

/**
 * Where `tandem.js` had to start another Node for this, its death ends this process too: a killed
 * `tandem stream` must not go on behind one's back.
 */
function endWithParent(): void {
  if (process.channel === undefined || process.env.TANDEM_RESTARTED === undefined) return;
  process.on('disconnect', () => process.exit(EXIT_INTERRUPTED));
  // After the listener, which would keep the process alive.
  process.channel?.unref();
}

endWithParent();
const signal = abortOnSignal();
const exitCode = await runCli(process.argv.slice(2), createIo(signal), signal);
process.exitCode = exitCode;
// What was written and nobody reads would keep an interrupted process alive.
if (signal.aborted) setTimeout(() => process.exit(exitCode), LAST_WRITE_MS).unref();
