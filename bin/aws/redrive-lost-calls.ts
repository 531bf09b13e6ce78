import { findOutputs } from '../../lib/aws/client/find-deployment.ts';
import { type LostCalls, takeLostCalls } from '../../lib/aws/client/lost-calls.ts';
import type { CommandContext, CommandResult } from '../base/command.ts';
import { openAws } from '../options/target.ts';
import { instantText } from '../text/instant-text.ts';
import { counted, textTable, withCommas } from '../text/text-table.ts';

/** The outputs that name the queues of lost calls, by stack. */
export const LOST_CALLS = {
  Pipelines: ['LostBatchCalls', 'LostStreamCalls', 'LostComparisonCalls'],
  Catalogue: ['LostCatalogueCalls'],
} as const;

/** Lists the calls that reached no function, and removes them unless `isDryRun`. */
export async function redriveLostCalls(
  isDryRun: boolean,
  context: CommandContext,
): Promise<CommandResult> {
  await openAws(context);
  const queues: string[] = [];
  for (const [stack, names] of Object.entries(LOST_CALLS)) {
    // Not every deployment has a catalogue.
    queues.push(...((await findOutputs(`${context.config.aws.stackPrefix}${stack}`, names)) ?? []));
  }
  const calls = await takeLostCalls(queues, isDryRun, context.signal);
  const count = calls.reduce((sum, one) => sum + one.count, 0);
  return {
    json: { dry_run: isDryRun, lost_calls: calls.map(callJson), removed: isDryRun ? 0 : count },
    text: count === 0 ? 'there are no lost calls\n' : callsText(calls, count, isDryRun),
  };
}

function callJson({ name, error, count, newestAtMs }: LostCalls): Record<string, unknown> {
  const newest_at = newestAtMs === null ? null : new Date(newestAtMs).toISOString();
  return { name, error, calls: count, newest_at };
}

function callsText(calls: readonly LostCalls[], count: number, isDryRun: boolean): string {
  const rows = calls.map(({ name, error, count: times, newestAtMs }) => [
    withCommas(times),
    newestAtMs === null ? '' : instantText(newestAtMs),
    name,
    error,
  ]);
  const columns = [
    { title: 'calls', isNumber: true },
    { title: 'newest' },
    { title: 'of' },
    { title: 'error' },
  ];
  const end = isDryRun
    ? `${counted(count, 'lost call')} would be removed\n`
    : `${counted(count, 'lost call')} removed\nnext: npx tandem status --target aws\n`;
  return `${textTable(columns, rows)}\n${end}`;
}
