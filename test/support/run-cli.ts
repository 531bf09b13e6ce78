import type { CommandIo } from '../../bin/base/command.ts';
import { runCli } from '../../bin/cli.ts';

export interface CliResult {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs one command line in this process, as if from a pipe, or from a terminal of that many
 * columns.
 */
export async function runCliHere(
  args: readonly string[],
  signal: AbortSignal = new AbortController().signal,
  /** Of the one at the terminal; without it nobody can be asked. */
  answer?: string,
  /** Of the terminal behind standard output. */
  outColumns: number | null = null,
): Promise<CliResult> {
  let out = '';
  let err = '';
  const io: CommandIo = {
    isOutClosed: false,
    outColumns,
    isErrTerminal: false,
    errColumns: 80,
    ask:
      answer === undefined
        ? null
        : async (question) => {
            err += question;
            return answer;
          },
    writeOut: async (text) => {
      out += text;
    },
    writeErr: (text) => {
      err += text;
    },
    drawErr: (text) => {
      err += text;
    },
  };
  const exitCode = await runCli(args, io, signal);
  return { exitCode, out, err };
}
