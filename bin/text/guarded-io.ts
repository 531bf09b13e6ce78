import type { CommandIo } from '../base/command.ts';
import { visibleLines } from './visible-text.ts';

/**
 * The same places to write to, where no value that is quoted acts on a terminal: whatever a command
 * says on standard error goes through here, also what a library says in an error. What goes to
 * standard output is data or text, which only its writer knows.
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
