import type { Command } from 'commander';
import type { LocalEventStream } from '../../lambdas/shared/adapters/local/local-event-stream.ts';
import { TerminalError, UsageError } from '../../lambdas/shared/model/errors.ts';
import { DEFAULT_CONSUMER } from '../../lambdas/shared/state/lake-keys.ts';
import type { StreamContext } from '../../lambdas/shared/state/stream-context.ts';
import { OrderConsumer } from '../../lambdas/stream/consume/consume-orders.ts';
import type { DrainStepResult } from '../../lambdas/stream/operate/drain/drain-step.ts';
import { drainStream } from '../../lambdas/stream/operate/drain/drain-stream.ts';
import { InlineEpochWriter } from '../../lambdas/stream/publish/write/inline-epoch-writer.ts';
import { countUnread } from '../../lambdas/stream/shards/count-unread.ts';
import { interruptible } from '../../lib/embedded/stream/interruptible.ts';
import { findOrdersAhead, type OrdersAhead } from '../../lib/embedded/stream/orders-ahead.ts';
import type {
  CommandContext,
  CommandResult,
  CommonOptions,
  StartCommand,
} from '../base/command.ts';
import { checkDimensionFolder } from '../options/landing-folder.ts';
import {
  addConsumerOption,
  addLakeOption,
  addLandingOption,
  addStreamOption,
  folderFlags,
  foldersOf,
  openStream,
  type StreamFolders,
} from '../options/stream-options.ts';
import {
  addTargetOption,
  assertNoneOf,
  deployedLake,
  openAws,
  type TargetOptions,
} from '../options/target.ts';
import { instantText } from '../text/instant-text.ts';
import { createProgress } from '../text/progress.ts';
import type { EpochView } from '../text/stream-view.ts';
import { counted } from '../text/text-table.ts';
import { visible } from '../text/visible-text.ts';
import { warningLines } from '../text/warning-lines.ts';
import {
  consumerFlag,
  currentEpoch,
  epochText,
  streamJson,
  streamWithView,
  warningsOf,
} from './stream.ts';

interface DrainCommandOptions extends CommonOptions, StreamFolders, TargetOptions {
  readonly all?: true;
  readonly yes?: true;
  readonly replan?: true;
  readonly consumer: string;
}

const DESCRIPTION =
  'Finalise the open windows of the stream now, without waiting for the watermark.\n\n' +
  'Consumes everything that has arrived, raises the watermark of every shard to the end of ' +
  'the latest window, and publishes. The stream can go on afterwards; records of finalised ' +
  'windows that arrive later go to the table late. Windows opened by an event time far ' +
  'ahead of its arrival stay open unless you add --all.';

const EXAMPLES = `
Examples:
  $ tandem drain
  $ tandem drain --all             also windows far ahead; asks first
  $ tandem drain --all --yes       the same in a script
  $ tandem drain --target aws

--all raises the watermark past the order furthest ahead: every older record that arrives later is
late. It lists these orders before it asks.
`;

/** Adds `tandem drain`: options, help and action. */
export function defineDrain(command: Command, start: StartCommand): void {
  command.description(DESCRIPTION);
  addStreamOption(command);
  addLandingOption(command);
  addLakeOption(command)
    .option('--all', 'also finalise windows far ahead of all others; asks first')
    .option('--yes', 'with --all: do not ask')
    .option(
      '--replan',
      'replace an epoch planned by another version now, without waiting stream.replanAfter',
    );
  addTargetOption(addConsumerOption(command))
    .addHelpText('after', EXAMPLES)
    .action((options: DrainCommandOptions) => start(options, (context) => drain(options, context)));
}

async function drain(
  options: DrainCommandOptions,
  context: CommandContext,
): Promise<CommandResult> {
  assertConfirmable(options, context);
  if (options.target === 'aws') return await drainOnAws(options, context);
  const folders = foldersOf(options, context.config);
  checkDimensionFolder(options, folders, context.io);
  const { consumer } = options;
  if (options.all === true) {
    // What is asked has to be true: everything that has arrived is read and published before.
    await streamWithView({ ...options, folders, goal: 'idle' }, context);
    context.signal.throwIfAborted();
  }
  const local = await openStream(folders, consumer, context);
  try {
    const ahead = options.all === true ? await findOrdersAhead(local.context) : null;
    if (ahead !== null && options.yes !== true) await confirm(ahead, context);
    const drainedToMs = await drainWithProgress(options, local.context, ahead, context);
    const epoch = await currentEpoch(local.context);
    warnOf(epoch, context);
    const flags = folderFlags(options, ['lake']) + consumerFlag(consumer);
    return drainResult(epoch, drainedToMs, { lakeName: folders.lakeDir, flags });
  } finally {
    local.close();
  }
}

function warnOf(epoch: EpochView | null, { io }: CommandContext): void {
  const warnings = epoch === null ? [] : warningsOf(epoch.manifest);
  for (const warning of warnings) io.writeErr(`tandem: ${warningLines([warning])}`);
}

function drainResult(
  epoch: EpochView | null,
  drainedToMs: number | null,
  { lakeName, flags }: { readonly lakeName: string; readonly flags: string },
): CommandResult {
  const drainedTo = drainedToMs === null ? null : new Date(drainedToMs).toISOString();
  return {
    json: { ...streamJson(epoch), drained_to: drainedTo },
    text:
      epoch === null || drainedToMs === null
        ? 'nothing to drain: the stream holds no order\n'
        : `drained to ${instantText(drainedToMs)}; ${epochText(epoch, lakeName)}` +
          `next: npx tandem show window_revenue --of stream${flags}\n`,
  };
}

const FUNCTIONS = { publish: 'PublishFunction', drain: 'DrainFunction' } as const;

/** The deployed function drains; here it is only asked, told and shown. */
async function drainOnAws(
  options: DrainCommandOptions,
  context: CommandContext,
): Promise<CommandResult> {
  assertNoneOf({ ...options }, ['stream', 'landing', 'lake']);
  const { callAndWatch, sightOf } = await import('../aws/while-waiting.ts');
  const resources = await openAws(context);
  const sight = await sightOf(resources, context, options.consumer);
  const { consumer } = options;
  // One function serves all consumers that no mapping feeds.
  const call = async <Answer>(action: 'publish' | 'drain', event: object): Promise<Answer> => {
    const name = consumer === DEFAULT_CONSUMER ? FUNCTIONS[action] : 'ReplayFunction';
    const about = { verb: 'draining', name, event: { ...event, action, consumer } } as const;
    return await callAndWatch(about, resources, sight, context);
  };
  // What is asked is about what is published; the mapping has consumed what came seconds ago.
  if (options.all === true) await call('publish', {});
  const ahead = options.all === true ? await findOrdersAhead(sight.context) : null;
  if (ahead !== null && options.yes !== true) await confirm(ahead, context);
  const { drainedTo } = await call<DrainStepResult>('drain', {
    isReplan: options.replan === true,
    ...(ahead === null ? {} : { to: new Date(ahead.toMs).toISOString() }),
  });
  const drainedToMs = drainedTo === null ? null : Date.parse(drainedTo);
  const lakeName = deployedLake(resources).name;
  const epoch = await currentEpoch(sight.context);
  warnOf(epoch, context);
  return drainResult(epoch, drainedToMs, {
    lakeName,
    flags: ` --target aws${consumerFlag(consumer)}`,
  });
}

function assertConfirmable({ all, yes }: DrainCommandOptions, { io }: CommandContext): void {
  if (yes === true && all !== true) {
    throw new UsageError('usage', '--yes needs --all: drain asks only with --all');
  }
  if (all === true && yes !== true && io.ask === null) {
    const message = 'drain --all asks for confirmation, and there is no terminal';
    throw new TerminalError('confirmation_needed', `${message}: run it on one, or add --yes`);
  }
}

async function confirm(ahead: OrdersAhead, { io }: CommandContext): Promise<void> {
  const { count, latestMs, endMs, toMs, orderIds } = ahead;
  const more = count > orderIds.length ? ', …' : '';
  io.writeErr(
    `${counted(count, 'order is', 'orders are')} later than ` +
      `${instantText(endMs)}, where drain stops without --all: ${orderIds.map(visible).join(', ')}${more}\n` +
      `The latest is of ${instantText(latestMs)}. Drain --all, and every order before ` +
      `${instantText(toMs)}\nthat arrives from now on is late: kept in the table late, in no revenue.\n`,
  );
  const answer = (await io.ask?.('Drain all? Type yes to continue: ')) ?? '';
  if (answer.trim().toLowerCase() === 'yes') return;
  throw new TerminalError(
    'not_confirmed',
    'nothing drained; drain without --all leaves these windows open',
  );
}

/** Returns where all floors are at least now; null: the stream holds nothing. */
async function drainWithProgress(
  options: DrainCommandOptions,
  opened: StreamContext,
  ahead: OrdersAhead | null,
  context: CommandContext,
): Promise<number | null> {
  const total = await countUnread(opened, opened.stream as LocalEventStream);
  const progress = await createProgress(context);
  let done = 0;
  try {
    const watched = interruptible(opened, context.signal, (records) => {
      done += records.length;
      progress.show({ stage: 'drain', done: Math.min(done, total), total, unit: 'records' });
    });
    const { drainedToMs } = await drainStream(
      watched,
      new OrderConsumer(watched),
      new InlineEpochWriter(watched),
      {
        isReplan: options.replan === true,
        ...(ahead === null ? {} : { toMs: ahead.toMs }),
      },
    );
    return drainedToMs;
  } finally {
    progress.stop();
  }
}
