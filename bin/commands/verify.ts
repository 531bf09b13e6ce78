import type { Command } from 'commander';
import { type VerifyResult, verifyLake } from '../../lib/embedded/verify/verify-lake.ts';
import type { VerifyProgress } from '../../lib/embedded/verify/verify-options.ts';
import type {
  CommandContext,
  CommandResult,
  CommonOptions,
  StartCommand,
} from '../base/command.ts';
import { addConsumerOption, addLakeOption } from '../options/stream-options.ts';
import { addTargetOption, openLake, type TargetOptions } from '../options/target.ts';
import { createProgress } from '../text/progress.ts';
import { verifyText } from '../text/verify-text.ts';

interface VerifyCommandOptions extends CommonOptions, TargetOptions {
  readonly lake?: string;
  readonly consumer: string;
}

const DESCRIPTION =
  'Check every file of the current publications against its manifest. Writes nothing.\n\n' +
  'Compares size, checksum, rows and days of each file, and the sums of all tables; for ' +
  'the stream also the chain of manifests, the raw segments and the state that the next ' +
  'epoch continues from. Exits with 1 if an object is missing or damaged, and says for ' +
  'each how to restore it.';

const EXAMPLES = `
Examples:
  $ tandem verify
  $ tandem verify --lake data/demo/lake --json
  $ tandem verify --consumer audit
  $ tandem verify --target aws                   read the deployed lake from this machine
`;

/** Adds `tandem verify`: options, help and action. */
export function defineVerify(command: Command, start: StartCommand): void {
  command.description(DESCRIPTION);
  addTargetOption(addConsumerOption(addLakeOption(command)))
    .addHelpText('after', EXAMPLES)
    .action((options: VerifyCommandOptions) =>
      start(options, (context) => runVerify(options, context)),
    );
}

async function runVerify(
  options: VerifyCommandOptions,
  context: CommandContext,
): Promise<CommandResult> {
  const { store: lake, addressOf } = await openLake(options, context);
  const progress = await createProgress(context);
  const startedAtMs = performance.now();
  let result: VerifyResult;
  try {
    result = await verifyLake(lake, {
      consumer: options.consumer,
      windowLengthMs: context.config.windows.lengthMs,
      signal: context.signal,
      onProgress: (step: VerifyProgress) => progress.show(step),
    });
  } finally {
    progress.stop();
  }
  const durationMs = Math.round(performance.now() - startedAtMs);
  return {
    json: verifyJson(result, durationMs),
    text: verifyText(result, { addressOf, durationMs }),
    exitCode: result.faults.length === 0 ? 0 : 1,
  };
}

function verifyJson({ doors, faults }: VerifyResult, durationMs: number) {
  return {
    whole: faults.length === 0,
    publications: doors.map(({ door, name, manifestKey, ...read }) => ({
      door,
      ...(door === 'batch' ? { run_id: name } : { epoch: Number(name) }),
      manifest: manifestKey,
      ...read,
    })),
    faults,
    duration_ms: durationMs,
  };
}
