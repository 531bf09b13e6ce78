import { Command, CommanderError } from 'commander';
import { TerminalError, UsageError } from '../lambdas/shared/model/errors.ts';
import type { CommandIo, DefineCommand, StartCommand } from './base/command.ts';
import { type Failure, failureOf, ReportedError } from './base/failure.ts';
import { VERSION } from './base/version.ts';
import { DEFAULT_CONFIG_FILE, loadConfig } from './options/config-file.ts';
import { guardedIo } from './text/guarded-io.ts';
import { visible, visibleJson, visibleLines } from './text/visible-text.ts';

interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<DefineCommand>;
}

/** Loaded on demand: `--help` needs none of them, and `show` not what `batch` needs. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'demo',
    summary: 'see it work: both doors, and whether they agree',
    load: async () => (await import('./commands/demo.ts')).defineDemo,
  },
  {
    name: 'generate',
    summary: 'write orders, customers and products with known defects',
    load: async () => (await import('./commands/generate.ts')).defineGenerate,
  },
  {
    name: 'batch',
    summary: 'turn the CSV files of a landing folder into tables',
    load: async () => (await import('./commands/batch.ts')).defineBatch,
  },
  {
    name: 'produce',
    summary: 'send the records of files to the stream',
    load: async () => (await import('./commands/produce.ts')).defineProduce,
  },
  {
    name: 'stream',
    summary: 'consume the stream and publish its tables as it goes',
    load: async () => (await import('./commands/stream.ts')).defineStream,
  },
  {
    name: 'drain',
    summary: 'make the open windows of the stream final now',
    load: async () => (await import('./commands/drain.ts')).defineDrain,
  },
  {
    name: 'replay',
    summary: 'fill a new consumer from the raw archive or from the stream',
    load: async () => (await import('./commands/replay.ts')).defineReplay,
  },
  {
    name: 'redrive',
    summary: 'bring back record batches that the event source mapping gave up',
    load: async () => (await import('./commands/redrive.ts')).defineRedrive,
  },
  {
    name: 'reconcile',
    summary: 'prove that batch and stream agree, and list every difference',
    load: async () => (await import('./commands/reconcile.ts')).defineReconcile,
  },
  {
    name: 'verify',
    summary: 'read all that is published, and name what is missing or not whole',
    load: async () => (await import('./commands/verify.ts')).defineVerify,
  },
  {
    name: 'show',
    summary: 'print the rows of a table',
    load: async () => (await import('./commands/show.ts')).defineShow,
  },
  {
    name: 'status',
    summary: 'print which runs a lake holds and what they counted',
    load: async () => (await import('./commands/status.ts')).defineStatus,
  },
  {
    name: 'erase',
    summary: 'take a person out of what the stream has published',
    load: async () => (await import('./commands/erase.ts')).defineErase,
  },
  {
    name: 'upload',
    summary: 'put CSV files into the landing bucket on AWS',
    load: async () => (await import('./commands/upload.ts')).defineUpload,
  },
  {
    name: 'restore',
    summary: 'bring back objects on AWS that were replaced or deleted',
    load: async () => (await import('./commands/restore.ts')).defineRestore,
  },
  {
    name: 'plan',
    summary: 'how AWS would cut a batch of a size, its time and its cost',
    load: async () => (await import('./commands/plan.ts')).definePlan,
  },
  {
    name: 'cost',
    summary: 'what orders cost on AWS, and a month in which nothing happens',
    load: async () => (await import('./commands/cost.ts')).defineCost,
  },
];

const EXAMPLES = `
Examples:
  $ tandem demo                                  see it work, from nothing
  $ tandem generate --out data/landing
  $ tandem batch                                 data/landing into data/lake
  $ tandem show top_products

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted by ctrl-C (143: SIGTERM, 129: SIGHUP).
tandem COMMAND --help says more.
`;

/**
 * Runs one command line. Returns the exit code (0 done, 1 failed, 2 wrong usage) and never throws.
 */
export async function runCli(
  args: readonly string[],
  rawIo: CommandIo,
  signal: AbortSignal,
): Promise<number> {
  const io = guardedIo(rawIo);
  const isJson = args.includes('--json');
  let exitCode = 0;
  const start: StartCommand = async (options, run) => {
    const config = await loadConfig(options.config);
    signal.throwIfAborted();
    const result = await run({ config, isJson, signal, io });
    if (result === null) return;
    exitCode = result.exitCode ?? 0;
    await io.writeOut(isJson ? `${visibleJson(result.json)}\n` : visibleLines(result.text));
  };
  const printed: Promise<void>[] = [];
  try {
    const program = await createProgram(args, printingTo(io, printed), start);
    if (args.length === 0) {
      io.writeErr(program.helpInformation());
      throw new UsageError('command_missing', `no command; one of ${namesOfCommands()}`);
    }
    await program.parseAsync(args as string[], { from: 'user' });
    return exitCode;
  } catch (caught) {
    const isHelp = caught instanceof CommanderError && caught.exitCode === 0;
    const error = isHelp ? await failureAmong(printed) : caught;
    if (error === null) return 0;
    const failure = failureOf(error, signal);
    // A wrong config gets a line per problem; any other failure is one line, whatever it quotes.
    const isLined = failure.code === 'config_invalid';
    io.writeErr(`tandem: ${isLined ? failure.message : visible(failure.message)}\n`);
    if (failure.details !== undefined) io.writeErr(`${failure.details}\n`);
    if (isJson && !(error instanceof ReportedError)) await writeFailure(failure, io);
    return failure.exitCode;
  }
}

/** The library that prints help does not wait for it; `printed` keeps what has to be waited for. */
function printingTo(
  io: CommandIo,
  printed: Promise<void>[],
): Pick<CommandIo, 'writeErr'> & {
  readonly writeOut: (text: string) => void;
} {
  return {
    writeErr: (text) => io.writeErr(text),
    writeOut: (text) => void printed.push(io.writeOut(text)),
  };
}

async function failureAmong(printed: readonly Promise<void>[]): Promise<unknown> {
  const results = await Promise.allSettled(printed);
  const failed = results.find((result) => result.status === 'rejected');
  return failed === undefined ? null : failed.reason;
}

async function writeFailure({ code, message }: Failure, io: CommandIo): Promise<void> {
  try {
    await io.writeOut(`${visibleJson({ error: { code, message } })}\n`);
  } catch (error) {
    // Standard error has the failure already; that standard output is full is another one.
    if (!(error instanceof TerminalError)) throw error;
    io.writeErr(`tandem: ${error.message}\n`);
  }
}

/**
 * Loads only the commands that the arguments name; for the others the name and summary are enough.
 */
async function createProgram(
  args: readonly string[],
  io: ReturnType<typeof printingTo>,
  start: StartCommand,
): Promise<Command> {
  const program = new Command('tandem')
    .description('Turns e-commerce orders into exact revenue tables.')
    .version(VERSION, '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', EXAMPLES)
    .configureHelp({ sortSubcommands: false, helpWidth: 100 })
    .configureOutput({
      ...io,
      outputError: () => undefined,
    })
    .exitOverride();
  for (const { name, summary, load } of COMMANDS) {
    const command = program.command(name).summary(summary);
    if (!args.includes(name)) continue;
    (await load())(command, start);
    addCommonOptions(command);
  }
  return program;
}

function addCommonOptions(command: Command): void {
  command
    .option(
      '--config <file>',
      `config file; every key has a default (default: ${DEFAULT_CONFIG_FILE}, if it exists)`,
    )
    .option('--json', 'print one JSON object and nothing else')
    .helpOption('--help', 'print this help');
}

function namesOfCommands(): string {
  return COMMANDS.map((command) => command.name).join(', ');
}
