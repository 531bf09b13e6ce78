import type { Command } from 'commander';
import type { Config } from '../../lambdas/shared/model/config.ts';

/** Where a command works: folders of this machine, or what is deployed on AWS. */
export type Target = 'local' | 'aws';

/** Where a command writes, so that a test can read it. */
export interface CommandIo {
  /** Resolves when more may be written. Once the reader has closed its end, text is dropped. */
  writeOut(text: string): Promise<void>;
  /** The reader of standard output is gone (`tandem show orders | head`). */
  readonly isOutClosed: boolean;
  /** Width of the terminal on standard output; null: a file or a pipe. */
  readonly outColumns: number | null;
  /** Characters that act on a terminal are written as escapes, but for line ends. */
  writeErr(text: string): void;
  /** What moves the cursor, of text that holds nothing else that does. */
  drawErr(text: string): void;
  readonly isErrTerminal: boolean;
  /** Width of the terminal on standard error. */
  readonly errColumns: number;
  /**
   * Asks on the terminal and returns the line that was typed; null: there is no terminal to ask on.
   */
  readonly ask: ((question: string) => Promise<string>) | null;
}

export interface CommandContext {
  readonly config: Config;
  readonly isJson: boolean;
  /** Aborted by ctrl-C: leave nothing half published and reject. */
  readonly signal: AbortSignal;
  readonly io: CommandIo;
}

export interface CommandResult {
  /** What `--json` prints. */
  readonly json: unknown;
  /** What is printed otherwise. */
  readonly text: string;
  /** 0 if it is left out. */
  readonly exitCode?: number;
}

/** Null: the command has written its output itself. */
export type CommandRun = (context: CommandContext) => Promise<CommandResult | null>;

/** Options that every command has. */
export interface CommonOptions {
  readonly config?: string;
  readonly json?: true;
}

export type StartCommand = (options: CommonOptions, run: CommandRun) => Promise<void>;

/** One file in `commands/`: adds its options and its action to the command. */
export type DefineCommand = (command: Command, start: StartCommand) => void;
