import { Command, CommanderError } from 'commander';
import { TerminalError, UsageError } from '../lambdas/shared/model/errors.ts';
import type { CommandIo, DefineCommand, StartCommand } from './base/command.ts';
import { type Failure, failureOf, ReportedError } from './base/failure.ts';
import { VERSION } from './base/version.ts';
import { DEFAULT_CONFIG_FILE, loadConfig } from './options/config-file.ts';
import { failureText } from './text/failure-text.ts';
import { guardedIo } from './text/guarded-io.ts';
import { visibleJson, visibleLines } from './text/visible-text.ts';

interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<DefineCommand>;
}

/** Loaded on demand: `--help` needs none of them, and `show` not what `batch` needs. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'demo',
    summary: 'generate orders, run batch and stream over them, and compare the results',
    load: async () => (await import('./commands/demo.ts')).defineDemo,
  },
  {
    name: 'generate',
    summary: 'write sample orders, customers and products with known defects',
    load: async () => (await import('./commands/generate.ts')).defineGenerate,
  },
  {
    name: 'init',
    summary: 'look at files of orders and write a config that reads them',
    load: async () => (await import('./commands/init.ts')).defineInit,
  },
  {
    name: 'batch',
    summary: 'build revenue tables from the CSV or NDJSON files of a landing folder',
    load: async () => (await import('./commands/batch.ts')).defineBatch,
  },
  {
    name: 'check',
    summary: 'show what a batch run would do, and what would help; writes nothing',
    load: async () => (await import('./commands/check.ts')).defineCheck,
  },
  {
    name: 'produce',
    summary: 'send the records of files to the stream',
    load: async () => (await import('./commands/produce.ts')).defineProduce,
  },
  {
    name: 'stream',
    summary: 'consume the stream and publish its tables continuously',
    load: async () => (await import('./commands/stream.ts')).defineStream,
  },
  {
    name: 'drain',
    summary: 'finalise the open windows of the stream now',
    load: async () => (await import('./commands/drain.ts')).defineDrain,
  },
  {
    name: 'replay',
    summary: 'fill a new consumer from the raw archive or from the stream',
    load: async () => (await import('./commands/replay.ts')).defineReplay,
  },
  {
    name: 'redrive',
    summary: 'retry record batches that Lambda gave up on',
    load: async () => (await import('./commands/redrive.ts')).defineRedrive,
  },
  {
    name: 'reconcile',
    summary: 'compare the batch and stream tables and explain every difference',
    load: async () => (await import('./commands/reconcile.ts')).defineReconcile,
  },
  {
    name: 'verify',
    summary: 'check every published file against its manifest',
    load: async () => (await import('./commands/verify.ts')).defineVerify,
  },
  {
    name: 'show',
    summary: 'print rows of a table',
    load: async () => (await import('./commands/show.ts')).defineShow,
  },
  {
    name: 'status',
    summary: 'show runs, counts, watermarks, lag and problems',
    load: async () => (await import('./commands/status.ts')).defineStatus,
  },
  {
    name: 'erase',
    summary: 'remove the personal data of a customer from the published stream tables',
    load: async () => (await import('./commands/erase.ts')).defineErase,
  },
  {
    name: 'upload',
    summary: 'upload files to the landing bucket on AWS, which starts a batch run',
    load: async () => (await import('./commands/upload.ts')).defineUpload,
  },
  {
    name: 'restore',
    summary: 'restore earlier versions of replaced or deleted objects on AWS',
    load: async () => (await import('./commands/restore.ts')).defineRestore,
  },
  {
    name: 'plan',
    summary: 'estimate chunks, duration and cost of a batch run on AWS',
    load: async () => (await import('./commands/plan.ts')).definePlan,
  },
  {
    name: 'cost',
    summary: 'estimate the AWS cost of N orders and of an idle month',
    load: async () => (await import('./commands/cost.ts')).defineCost,
  },
];

const EXAMPLES = `
Examples:
  $ tandem demo                                  try everything, without AWS
  $ tandem generate --out data/landing
  $ tandem batch                                 from data/landing into data/lake
  $ tandem show top_products

Exit codes: 0 success, 1 failure, 2 wrong usage, 130 ctrl-C (143 SIGTERM, 129 SIGHUP).
Run tandem COMMAND --help for the options of a command.
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
      throw new UsageError(
        'command_missing',
        `no command given; choose one of ${namesOfCommands()}`,
      );
    }
    await program.parseAsync(args as string[], { from: 'user' });
    return exitCode;
  } catch (caught) {
    const isHelp = caught instanceof CommanderError && caught.exitCode === 0;
    const error = isHelp ? await failureAmong(printed) : caught;
    if (error === null) return 0;
    const failure = failureOf(error, signal);
    io.writeErr(failureText(failure));
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
    io.writeErr(failureText(error));
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
    .description('Exact revenue tables from e-commerce orders, from CSV files and from a stream.')
    .version(VERSION, '--version', 'print the version and exit')
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
      `config file in YAML (default: ${DEFAULT_CONFIG_FILE}, if it exists)`,
    )
    .option('--json', 'print the result as one JSON object')
    .helpOption('--help', 'print this help');
}

function namesOfCommands(): string {
  return COMMANDS.map((command) => command.name).join(', ');
}
