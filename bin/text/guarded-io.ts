import type { CommandIo } from '../base/command.ts';
import { visibleLines } from './visible-text.ts';

/**
 * Escapes control characters in messages on standard error and in questions, so that no quoted
 * value can act on the terminal, not even in a library's error. Standard output and drawn lines
 * pass unchanged: only their writer knows whether they are data or text.
 */
export function guardedIo(io: CommandIo): CommandIo {
  const { ask } = io;
  return {
    get isOutClosed() {
      return io.isOutClosed;
    },
    get outColumns() {
      return io.outColumns;
    },
    get isErrTerminal() {
      return io.isErrTerminal;
    },
    get errColumns() {
      return io.errColumns;
    },
    ask: ask === null ? null : (question) => ask(visibleLines(question)),
    writeOut: (text) => io.writeOut(text),
    writeErr: (text) => io.writeErr(visibleLines(text)),
    drawErr: (text) => io.drawErr(text),
  };
}
