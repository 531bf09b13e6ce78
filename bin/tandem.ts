import { fstatSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { TerminalError } from '../lambdas/shared/model/errors.ts';
import type { CommandIo } from './base/command.ts';
import { SignalReceived } from './base/failure.ts';
import { runCli } from './cli.ts';

const EXIT_INTERRUPTED = 130;
/**
 * A terminal signals the whole group, and npm or the restarting parent passes the same signal on:
 * one ctrl-C may come twice.
 */
const SAME_SIGNAL_MS = 300;

const DEFAULT_COLUMNS = 80;
/** Time for a reader to take the last output of an interrupted command. */
const LAST_WRITE_MS = 1_000;

function createIo(signal: AbortSignal): CommandIo {
  let isOutClosed = false;
  let isOutFull = false;
  // The writer gets each error too; without a listener it would end the process.
  process.stdout.on('error', () => undefined);
  // There is no place left to report it.
  process.stderr.on('error', () => undefined);
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
      // 0 if the terminal does not say.
      return process.stderr.columns || DEFAULT_COLUMNS;
    },
    ask: process.stdin.isTTY && process.stderr.isTTY ? (text) => ask(text, signal) : null,
    async writeOut(text) {
      if (isOutClosed || isOutFull) return;
      const error = await writeStdout(text, signal);
      if (error === null) return;
      isOutClosed = isReaderGone(error);
      if (isOutClosed) return;
      isOutFull = true;
      throw outputFailed(error);
    },
    writeErr: (text) => void process.stderr.write(text),
    drawErr: (text) => void process.stderr.write(text),
  };
}

/** Why not all of it was written; null if it was, or if the reader is slow and the signal came. */
function writeStdout(text: string, signal: AbortSignal): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    if (!isFile(process.stdout.fd)) {
      const goOn = () => done(null);
      const done = (error: Error | null | undefined) => {
        signal.removeEventListener('abort', goOn);
        resolve(error ?? null);
      };
      signal.addEventListener('abort', goOn);
      process.stdout.write(text, done);
      if (signal.aborted) goOn();
      return;
    }
    // Node's stream would take a write that a full disk cut for one of everything.
    const bytes = Buffer.from(text);
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(process.stdout.fd, bytes, at);
      resolve(null);
    } catch (error) {
      resolve(error as NodeJS.ErrnoException);
    }
  });
}

function isFile(fd: number): boolean {
  return fstatSync(fd).isFile();
}

/** The reader of the pipe has gone, or the terminal was closed. */
function isReaderGone({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE' || code === 'ECONNRESET' || (code === 'EIO' && process.stdout.isTTY);
}

function outputFailed(cause: NodeJS.ErrnoException): TerminalError {
  const reason = cause.message.replace(/, write$/, '');
  const message = `cannot write to standard output (${reason}); the command itself has finished`;
  return new TerminalError('output_failed', message, { cause });
}

/** Ctrl-C is an answer too: the promise rejects. */
async function ask(question: string, signal: AbortSignal): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // The terminal passes ctrl-C to the process that reads lines from it.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return await lines.question(question, { signal });
  } finally {
    lines.close();
  }
}

/**
 * The first signal asks the command to end, as ctrl-C does; a second one ends the process at once.
 * SIGHUP comes when a terminal is closed.
 */
function abortOnSignal(): AbortSignal {
  const controller = new AbortController();
  let firstAtMs = Number.NEGATIVE_INFINITY;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      const reason = new SignalReceived(name);
      if (!controller.signal.aborted) {
        firstAtMs = performance.now();
        controller.abort(reason);
      } else if (performance.now() - firstAtMs > SAME_SIGNAL_MS) {
        process.exit(reason.exitCode);
      }
    });
  }
  return controller.signal;
}

/**
 * If `tandem.js` had to start another Node for this process, its death ends this process too: a
 * killed `tandem stream` must not go on unnoticed.
 */
function endWithParent(): void {
  if (process.channel === undefined || process.env.TANDEM_RESTARTED === undefined) return;
  process.on('disconnect', () => process.exit(EXIT_INTERRUPTED));
  // After adding the listener, which would keep the process alive.
  process.channel?.unref();
}

endWithParent();
const signal = abortOnSignal();
const exitCode = await runCli(process.argv.slice(2), createIo(signal), signal);
process.exitCode = exitCode;
// Unread output would keep an interrupted process alive.
if (signal.aborted) setTimeout(() => process.exit(exitCode), LAST_WRITE_MS).unref();
